"""Starts servers for tests that need many: imports once, then forks a process of its own for each line it reads.

A line is a JSON list of words for the command line. The new process says its id, then what `ftrack-server` says; when
it has ended, the launcher says how. A start takes a tenth of a second this way, most of a second the ordinary way.
"""

from __future__ import annotations

import json
import os
import sys

from ftrack_server.app import open_database
from ftrack_server.cli import main
from ftrack_server.settings import Settings

if __name__ == "__main__":
    open_database(Settings(database=":memory:")).close()  # what is worked out once for each process
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            print(os.getpid(), flush=True)  # noqa: T201 - what it says is its purpose
            os._exit(main(json.loads(line)))
        _, status = os.waitpid(process, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)  # noqa: T201 - likewise
