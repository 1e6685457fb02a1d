"""What a server says when it refuses: one object instead of a list of replies (protocol: 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal.

    Attributes:
        exception: Class-like name, ``ValidationError``; clients map it to their own types.
        content: Text for people.
        error_code: Machine-readable code, ``api_credentials_invalid``, or None.
        error: Further details, such as ``operation_index``, or None.
    """

    exception: str
    content: str
    error_code: str | None = None
    error: Mapping[str, Any] | None = None

    def to_wire(self) -> dict[str, Any]:
        """Return the JSON object; ``error`` is only there when it holds something."""
        wire: dict[str, Any] = {
            "exception": self.exception,
            "content": self.content,
            "error_code": self.error_code,
        }
        if self.error:
            wire["error"] = dict(self.error)
        return wire

    @classmethod
    def from_wire(cls, payload: Any) -> Fault | None:
        """Return the fault a reply holds, or None when it is no fault.

        Any object with an ``exception`` is one, as clients have always read it; missing parts become empty.
        """
        if not isinstance(payload, Mapping) or not payload.get("exception"):
            return None
        code, error = payload.get("error_code"), payload.get("error")
        return cls(
            str(payload["exception"]),
            str(payload.get("content") or ""),
            None if code is None else str(code),
            dict(error) if isinstance(error, Mapping) else None,
        )

    def __str__(self) -> str:
        return f"{self.exception}({self.content})"
