"""What a batch has done to rows: the first state of each and the last, however often it was written in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(slots=True)
class Change:
    """One row.

    Attributes:
        table: Its table.
        key: Its primary key.
        before: Columns as they were before the batch, None for a new row.
        after: Columns as they are now, None for a row that is gone. Where only part of a row is known, both have the
            same columns.
    """

    table: str
    key: tuple[Any, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def row(self) -> Mapping[str, Any]:
        """Return the columns as they are, or were last."""
        return self.after or self.before or {}

    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Return what became of each column that is not as it was: the old value and the new one."""
        before, after = self.before, self.after
        if before is None:
            return {name: (None, new) for name, new in (after or {}).items() if new is not None}
        if after is None:
            return {name: (old, None) for name, old in before.items() if old is not None}
        return {name: (before.get(name), new) for name, new in after.items() if before.get(name) != new}


@dataclass(slots=True)
class Changes:
    """The changes of one batch."""

    _rows: dict[tuple[str, tuple[Any, ...]], Change] = field(default_factory=dict)

    def written(
        self, table: str, key: tuple[Any, ...], before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> None:
        """Note a row that was inserted (with nothing before) or updated; both may be the same part of the row."""
        known = self._rows.get((table, key))
        if known is None:
            self._rows[table, key] = Change(table, key, before, after)
        elif known.after is None or before is None:
            known.after = after
        else:
            if known.before is not None:
                known.before = {**before, **known.before}
            known.after = {**known.after, **after}

    def removed(self, table: str, key: tuple[Any, ...], row: Mapping[str, Any]) -> None:
        """Note a row that was deleted, as it was last."""
        known = self._rows.setdefault((table, key), Change(table, key, row, None))
        if known.before is not None:
            known.before = {**row, **known.before}
        known.after = None

    def __iter__(self) -> Iterator[Change]:
        """Yield what remains: rows that were made and removed never were, rows set back did not change."""
        for change in self._rows.values():
            if (change.before is not None or change.after is not None) and change.before != change.after:
                yield change
