"""The server's log: one JSON object per line, each with the request that it belongs to.

A formatter of our own rather than a logging library: the lines of uvicorn and SQLAlchemy come as records of the
standard library and have to look the same, and one formatter on the one handler is all that this takes.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

FIELDS = "fields"
"""Name under which ``extra`` of a log call carries values for the line: ``extra={FIELDS: {"status": 200}}``."""


@dataclass(slots=True)
class LoggedRequest:
    """The request under way, as the log knows it.

    Attributes:
        id: What the line of the log, the answer's header and a fault call it.
        facts: What its line in the log is to tell besides; whoever learns something adds it.
    """

    id: str
    facts: dict[str, Any] = field(default_factory=dict)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)
_current: ContextVar[LoggedRequest | None] = ContextVar("request", default=None)


def begin(request: LoggedRequest) -> None:
    """Let a request be the current one of this task, and of the threads that work for it."""
    _current.set(request)


def request_id() -> str | None:
    """Return the id of the current request, None outside of requests."""
    request = _current.get()
    return None if request is None else request.id


def note(**facts: Any) -> None:
    """Add facts to the line that the current request leaves in the log; without effect outside of requests."""
    request = _current.get()
    if request is not None:
        request.facts.update(facts)


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON: ``time``, ``level``, ``logger``, ``message``, and what else there is."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; times are UTC with milliseconds, a traceback is the text ``exception``."""
        moment = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (identifier := request_id()) is not None:
            line["request_id"] = identifier
        line.update(getattr(record, FIELDS, {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


class TextFormatter(logging.Formatter):
    """Writes a record for people: time, level, logger, message, and the request in brackets."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Return the line without a traceback."""
        identifier = request_id()
        return super().formatMessage(record) + (f" [{identifier}]" if identifier is not None else "")


def configure(level: str, style: str) -> None:
    """Send the log of this process to its standard error, unless whoever embeds the server has configured it already.

    Args:
        level: Threshold, such as ``info``.
        style: ``json`` or ``text``.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler])
