"""Schema documents that are read one by one: a server has more than a hundred types, and a program uses a dozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ftrack_protocol import json

Entry: TypeAlias = "tuple[str, str, bytes]"
"""Id, id of the base type or an empty text, and the document as JSON text."""


class Documents(Mapping[str, "dict[str, Any]"]):
    """The schema documents of a server by id, in its order; each is made of its text when it is first asked for.

    Args:
        entries: The documents, no id twice. They may be shared; what is made of them is of this object alone.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._texts = {name: text for name, _, text in entries}
        self._bases = {name: base for name, base, _ in entries}
        self._made: dict[str, dict[str, Any]] = {}

    def __getitem__(self, name: str) -> dict[str, Any]:
        made = self._made.get(name)
        if made is None:
            made = self._made.setdefault(name, json.loads(self._texts[name]))
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def bases(self) -> Mapping[str, str]:
        """The id of the base type of each document, or an empty text; no document is made for it."""
        return self._bases


def base_of(document: Mapping[str, Any]) -> str:
    """Return the id of the base type of a document, or an empty text."""
    mixin = document.get("$mixin")
    return str(mixin.get("$ref", "")) if isinstance(mixin, Mapping) else ""
