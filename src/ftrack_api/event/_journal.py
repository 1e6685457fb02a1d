"""The journal: a file that says up to which position of the server's log events were handled."""

from __future__ import annotations

import json
import os
import threading
import uuid
from pathlib import Path

from ftrack_api import exception
from ftrack_api.event._file_lock import FileLock


class Journal:
    """Which logged events were handled. Safe to use from several threads; one hub at a time uses a file.

    Events may be finished in another order than they came in: the position only moves on over what is finished, so
    after a crash some may come again, and none is left out.

    Args:
        path: The file; made when missing, in a folder that exists.

    Attributes:
        holder: Name under which whoever uses the file takes leases; stays the same over restarts.

    Raises:
        EventHubError: If the file can be neither read nor made.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        if self._path.is_dir():
            raise exception.EventHubError(f"The journal {path} is a folder; name a file in it.")
        self._lock = threading.Lock()
        self._own = FileLock(self._path.with_name(f"{self._path.name}.lock"))
        self._pending: dict[int, bool] = {}  # position to whether it is finished, in the order of the log
        self.position, self.holder = self._read(uuid.uuid4().hex)

    def take(self) -> None:
        """Have the file for oneself, and read what others have written meanwhile.

        Raises:
            EventHubError: If another hub has it, or it can be neither read nor made.
        """
        try:
            if not self._own.acquire():
                raise exception.EventHubError(f"The journal {self._path} is in use by another hub.")
        except OSError as error:
            raise exception.EventHubError(
                f"The journal {self._path} cannot be used: {_reason(error)} Name another file."
            ) from error
        with self._lock:  # a handler of the last connection may be writing
            if not self._pending:
                self.position, self.holder = self._read(self.holder)

    def release(self) -> None:
        """Let another hub have the file."""
        self._own.release()

    def begin(self, position: int) -> None:
        """Note that the event of a position is being handled; positions grow."""
        self._pending[position] = False

    def finish(self, position: int) -> None:
        """Note that it was handled, and write down what that allows."""
        with self._lock:
            self._pending[position] = True
            reached = self.position
            for begun, finished in list(self._pending.items()):
                if not finished:
                    break
                del self._pending[begun]
                reached = begun
            if reached is not None and reached != self.position:
                self._write(reached)

    def skip_to(self, position: int) -> None:
        """Move on over events that are not for this hub, or that are lost; what is being handled is waited for."""
        with self._lock:
            if not self._pending and position != self.position:
                self._write(position)

    def _read(self, holder: str) -> tuple[int | None, str]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None, holder
        except OSError as error:
            raise exception.EventHubError(
                f"The journal {self._path} cannot be read: {_reason(error)} Name another file."
            ) from error
        try:
            found = json.loads(text)
            position, holder = found["position"], found["holder"]
        except (ValueError, KeyError, TypeError) as error:
            raise exception.EventHubError(
                f"{self._path} is no journal of events: {error}. Name another file, or remove it to start anew."
            ) from error
        if not isinstance(position, int) or not isinstance(holder, str):
            raise exception.EventHubError(f"{self._path} is no journal of events: its position is {position!r}.")
        return position, holder

    def _write(self, position: int) -> None:
        """Replace the file as a whole, so that a crash leaves the old one or the new one."""
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            beside.write_text(json.dumps({"position": position, "holder": self.holder}), encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            raise exception.EventHubError(f"The journal {self._path} cannot be written: {_reason(error)}") from error
        self.position = position


def _reason(error: OSError) -> str:
    return f"{error.strerror or error}."
