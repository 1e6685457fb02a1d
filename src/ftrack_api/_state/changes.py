"""Changes of a collection as deltas, from which its content at any moment can be told.

Recording a change costs the same however long the collection is; a full value is made when somebody reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ftrack_api.operation import Deferred

if TYPE_CHECKING:
    from collections.abc import Callable

ChangeKind: TypeAlias = Literal["insert", "delete", "replace"]
"""Items inserted before an index, the item at an index deleted, or all items replaced."""

# Any below is an entity, or the collection of entities.


class Journal:
    """The changes of one collection since it last held what the server said.

    Args:
        wrap: Makes a collection of a list of entities.
        base: The content before the first change.
    """

    __slots__ = ("_base", "_changes", "wrap")

    def __init__(self, wrap: Callable[[list[Any]], Any], base: tuple[Any, ...]) -> None:
        self.wrap: Callable[[list[Any]], Any] = wrap
        self._base = base
        self._changes: list[tuple[ChangeKind, int, tuple[Any, ...]]] = []

    def apply(self, items: list[Any], kind: ChangeKind, index: int, added: tuple[Any, ...]) -> list[Any]:
        """Write down a change and return the items after it; the list itself, changed, where possible."""
        self._changes.append((kind, index, added))
        return _applied(items, kind, index, added)

    def snapshot(self) -> Snapshot:
        """Return the content as it is now, to be told later."""
        return Snapshot(self, len(self._changes))

    def content(self, count: int) -> list[Any]:
        """Return the items after the first ``count`` changes. Cost: as many steps, plus the length."""
        items = list(self._base)
        for kind, index, added in self._changes[:count]:
            items = _applied(items, kind, index, added)
        return items


class Snapshot(Deferred):
    """A collection as it was after some number of changes."""

    __slots__ = ("_count", "_journal")

    def __init__(self, journal: Journal, count: int) -> None:
        self._journal = journal
        self._count = count

    def items(self) -> list[Any]:
        """Return the entities."""
        return self._journal.content(self._count)

    def resolve(self) -> Any:
        """Return the entities as a collection."""
        return self._journal.wrap(self.items())


def _applied(items: list[Any], kind: ChangeKind, index: int, added: tuple[Any, ...]) -> list[Any]:
    if kind == "replace":
        return list(added)
    if kind == "delete":
        del items[index]
    else:
        items[index:index] = added
    return items
