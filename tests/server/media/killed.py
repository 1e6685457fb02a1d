"""A server in a process of its own that can be killed; forked from one that has loaded it, it starts at once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_URL = re.compile(r"http://127\.0\.0\.1:(\d+)")


class Site:
    """A server that is killed and started anew at the same address, on the same data.

    Attributes:
        url: Its address, once it was started.
        headers: What requests of its user need.
    """

    def __init__(self, options: Sequence[str], headers: Mapping[str, str]) -> None:
        self._options = options
        self.headers = dict(headers)
        self._port = 0
        self._process = 0
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.server.media.killed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self) -> None:
        """Start the server and wait until it says where it is."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(" ".join((*self._options, "--port", str(self._port))) + "\n")
        self._parent.stdin.flush()
        said = ""
        while not (_URL.search(said) and "forked" in said):
            said += self._line()
        found = _URL.search(said)
        assert found is not None
        self._port, self.url = int(found[1]), found[0]
        self._process = int(said.partition("forked ")[2].split()[0])

    def kill(self) -> None:
        """End the process as it stands, and wait until it is gone."""
        os.kill(self._process, signal.SIGKILL)
        while "ended" not in self._line():
            pass

    def close(self) -> None:
        """End the process that servers are forked from, once none is left."""
        self._parent.communicate(timeout=60)

    def call(self, *operations: dict[str, Any]) -> Any:
        return requests.post(f"{self.url}/api", json=list(operations), headers=self.headers, timeout=60).json()

    def get(self, component_id: str) -> requests.Response:
        return requests.get(f"{self.url}/component/get?id={component_id}", headers=self.headers, timeout=60)

    def _line(self) -> str:
        assert self._parent.stdout is not None
        line = self._parent.stdout.readline()
        assert line, "the server has not started"
        return line


def fork_servers() -> None:
    """Fork a server for each line of options that comes in; wait for its end, and say so."""
    from ftrack_server.cli import main

    for line in sys.stdin:
        process = os.fork()
        if not process:
            main(["serve", *line.split()])
            os._exit(0)
        sys.stdout.write(f"forked {process}\n")
        sys.stdout.flush()
        os.waitpid(process, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()


if __name__ == "__main__":
    fork_servers()
