"""A row on its way into the database: new, or existing with changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftrack_server.model.definition import EntityDefinition

Key: TypeAlias = tuple[Any, ...]
Identity: TypeAlias = tuple[str, Key]  # table and primary key: types of one family share it


@dataclass(slots=True, eq=False)
class Draft:
    """One row that a batch writes.

    Attributes:
        definition: Its concrete type.
        key: Primary key values, in the order of the definition's key.
        index: Position in the batch of the operation that caused it, for errors.
        before: The stored row, None for a new one.
        values: Columns to write with their stored form: all of a new row, the changed ones of an existing row.
        trusted: Whether the server made it itself, out of rows that it knows to exist.
        linked: Whether one of its many-to-many collections changes, which is a change of the row to whoever asks.
    """

    definition: EntityDefinition
    key: Key
    index: int
    before: Mapping[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    trusted: bool = False
    linked: bool = False

    @property
    def table(self) -> str:
        """Return the table of the family."""
        return self.definition.table

    @property
    def identity(self) -> Identity:
        """Return what tells the row apart from every other."""
        return self.definition.table, self.key

    @property
    def is_new(self) -> bool:
        """Return whether the row is not stored yet."""
        return self.before is None

    def __getitem__(self, column: str) -> Any:
        """Return the value the row is going to have; None for a column that nobody set."""
        if column in self.values:
            return self.values[column]
        return None if self.before is None else self.before.get(column)

    def changes(self, column: str) -> bool:
        """Return whether writing it gives the column another value than it has; a new row changes what it sets."""
        if column not in self.values:
            return False
        return self.before is None or self.values[column] != self.before.get(column)

    def row(self) -> dict[str, Any]:
        """Return the whole row as it is going to be; columns that nobody has set are None."""
        if self.before is not None:
            return {**self.before, **self.values}
        return {**dict.fromkeys(self.definition.field_names), **self.values}
