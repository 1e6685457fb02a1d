"""Run the scripts of one topic with whichever ftrack_api is installed; print what each of them saw as one line of JSON.

Usage: run.py TOPIC MARK, where MARK is an address to tell the recording proxy which script begins.
"""

import importlib
import itertools
import json
import linecache
import os
import sys
import tempfile
import traceback
import urllib.request
import uuid

from observer import Observer

import ftrack_api
import ftrack_api.entity.factory


class Stage:
    """What a script gets: sessions of its own, and a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.sessions = []

    def session(self, **arguments):
        """Open a session that reads attributes for one entity at a time, as the official client does."""
        session = ftrack_api.Session(**arguments)
        if hasattr(type(session), "prefetch_limit"):
            session.prefetch_limit = 1
        self.sessions.append(session)
        return session

    def close(self):
        """Close the sessions, dropping what was not committed."""
        for session in self.sessions:
            session.recorded_operations.clear()
            session.close()


def number_identifiers():
    """Let new identifiers ascend in the order they are made, so that a server lists new rows in one order.

    The clients make them in ways of their own; afterwards both make the same ones, behind all that servers made.
    """
    made = itertools.count(1)
    uuid.uuid4 = lambda: uuid.UUID(int=(0xF << 124) + next(made), version=4)
    own = getattr(ftrack_api.entity.factory, "_identifiers", None)
    if own is not None:
        own.new = lambda: str(uuid.uuid4())
        ftrack_api.entity.component.spread_identifier = lambda: str(uuid.uuid4())


def show_own_lines_only():
    """Let tracebacks name where they went in installed packages, and show lines of the programs alone."""
    read = linecache.getlines
    linecache.getlines = lambda name, *more: [] if "site-packages" in name else read(name, *more)


def perform(script):
    """Return what a script saw, or the traceback that ended it."""
    observer = Observer()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(folder)
        try:
            script(observer, stage)
        except Exception:
            observer.seen.append(["ended by", traceback.format_exc().splitlines()[-1]])
            print(traceback.format_exc(), file=sys.stderr)
        finally:
            stage.close()
    return observer.seen


def main(topic, mark):
    """Run the scripts of a topic in the order they are written."""
    show_own_lines_only()
    number_identifiers()
    ftrack_api.Session().close()  # writes the schema cache
    module = importlib.import_module(topic)
    seen = {}
    for name, script in list(vars(module).items()):
        if callable(script) and getattr(script, "__module__", "") == topic and not name.startswith("_"):
            if os.environ.get("ONLY") not in {None, "", name}:
                continue
            urllib.request.urlopen(f"{mark}/{name}").close()
            seen[name] = perform(script)
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
