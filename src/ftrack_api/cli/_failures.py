"""What the command line says when something goes wrong: what failed, with which value, and what to do."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator

from ftrack_api import exception

_ADDRESS = "Check the address (--server or FTRACK_SERVER), and whether the site can be reached from here."
_USER = "Check the user (--user or FTRACK_API_USER) and FTRACK_API_KEY."
_PATH = "Choose another path, or mend this one, and give the command again."


def told(error: BaseException) -> str:
    """Return what a user is told of a failure, numbers of the operating system left out."""
    if isinstance(error, exception.AuthenticationError):
        return f"{_sentence(error)} {_USER}"
    if isinstance(error, exception.NetworkError):
        return f"{_sentence(error)} {_ADDRESS}"
    if isinstance(error, OSError) and error.strerror:
        named = f"{error.filename!r}: " if error.filename is not None else ""
        return f"{named}{_sentence(error.strerror)} {_PATH}"
    return str(error)


@contextlib.contextmanager
def warnings_shown(command: str) -> Iterator[None]:
    """Have what the client logs shown as lines of a command, those failures left out that are told at its end."""
    handler = _Lines(command)
    logger = logging.getLogger("ftrack_api")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _Lines(logging.Handler):
    """Writes each warning as a line, without the traceback."""

    def __init__(self, command: str) -> None:
        super().__init__(logging.WARNING)
        self._command = command

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        if not isinstance(cause, exception.ServerError):
            reason = "" if cause is None else f" {type(cause).__name__}: {cause}"
            sys.stderr.write(f"ftrack {self._command}: {record.getMessage()}{reason}\n")


def _sentence(text: object) -> str:
    return f"{str(text).rstrip('.')}."
