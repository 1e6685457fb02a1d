"""Run scenario programs one after the other: reads ``module:function`` lines, writes one JSON line for each.

A program is a function of a module in ``scenarios`` that takes a session of its own. It passes when it returns.
"""

import importlib
import json
import linecache
import os
import sys
import time
import traceback

import ftrack_api


def run(name):
    module, _, function = name.partition(":")
    started = time.perf_counter()
    trace = None
    session = None
    try:
        session = ftrack_api.Session(strict_api=os.environ.get("STRICT") == "1")
        getattr(importlib.import_module("scenarios." + module), function)(session)
    except Exception:
        trace = traceback.format_exc()
    finally:
        if session is not None:
            session.close()
    return {"trace": trace, "seconds": round(time.perf_counter() - started, 3), "version": ftrack_api.__version__}


def show_own_lines_only():
    """Let tracebacks name where they went in installed packages, and show lines of the programs alone."""
    read = linecache.getlines
    linecache.getlines = lambda name, *more: [] if "site-packages" in name else read(name, *more)


def serve():
    show_own_lines_only()
    replies, sys.stdout = sys.stdout, sys.stderr  # what a program prints must not be taken for a reply
    for line in sys.stdin:
        replies.write(json.dumps(run(line.strip())) + "\n")
        replies.flush()


if __name__ == "__main__":
    serve()
