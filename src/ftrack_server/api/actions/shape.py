"""What writing needs to know of a model: columns, where keys point, in which order tables follow from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_server.model.definition import Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_server.model.definition import EntityDefinition
    from ftrack_server.model.registry import Model


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that holds the id of a row of another table.

    Attributes:
        column: Its name.
        target: What the row must be; any item of the tree where the description says Task.
    """

    column: str
    target: EntityDefinition

    @property
    def table(self) -> str:
        """Return the table of the row."""
        return self.target.table


@dataclass(frozen=True, slots=True)
class Polymorphic:
    """Two columns that name the table and the id of a row, without a foreign key (data_model: 6.6)."""

    type_column: str
    id_column: str


@dataclass(frozen=True, slots=True)
class Shape:
    """The stored side of one entity type.

    Attributes:
        columns: Stored fields by name, hidden ones included, second names of a field left out.
        pointers: Foreign keys of one column.
        polymorphic: Pairs of type and id columns.
        required: Fields that must have a value in the end.
    """

    columns: Mapping[str, Field]
    pointers: tuple[Pointer, ...]
    polymorphic: tuple[Polymorphic, ...]
    required: tuple[str, ...]


class Shapes:
    """The shapes of all types of one model, each worked out when first asked for.

    Attributes:
        table_order: All tables, what others depend on first.
        hidden: Tables that no entity type describes.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._shapes: dict[str, Shape] = {}
        self.table_order: tuple[str, ...] = _table_order(model)
        self.hidden = frozenset(table.name for table in model.hidden_tables)

    def of(self, definition: EntityDefinition) -> Shape:
        """Return the shape of a type."""
        shape = self._shapes.get(definition.id)
        if shape is None:
            shape = self._shapes[definition.id] = _shape(self._model, definition)
        return shape


def column_of(definition: EntityDefinition, name: str) -> str:
    """Return the column that stores a field, which may be a second name of another one."""
    attribute = definition.attributes[name]
    return attribute.synonym_of or name if isinstance(attribute, Field) else name


def is_one(model: Model, definition: EntityDefinition, row: Any) -> bool:
    """Return whether a row (or draft) of the family is of a type or of one derived from it."""
    return not definition.discriminator or any(
        all(row[column] in allowed for column, allowed in subtype.discriminator)
        for subtype in model.subtypes(definition.id)
    )


def widened(model: Model, name: str) -> EntityDefinition:
    """Return what a relation to a type really accepts: one to Task means any item of the tree (data_model: 2.1)."""
    definition = model.type(name)
    base = model.types.get(definition.base)
    if base is not None and any(column == "object_type_id" for column, _ in definition.discriminator):
        return base
    return definition


def _shape(model: Model, definition: EntityDefinition) -> Shape:
    columns = {
        name: attribute
        for name, attribute in definition.attributes.items()
        if isinstance(attribute, Field) and not attribute.synonym_of
    }
    polymorphic = tuple(
        Polymorphic(name, _companion(name)) for name, attribute in columns.items() if attribute.kind == "table"
    )
    required = tuple(name for name, attribute in columns.items() if attribute.required and name not in definition.key)
    return Shape(columns, tuple(_pointers(model, columns.values())), polymorphic, required)


def _companion(type_column: str) -> str:
    """Return the id column beside a type column: parent_type → parent_id, from_entity_type → from_id."""
    return type_column.removesuffix("_type").removesuffix("_entity") + "_id"


def _pointers(model: Model, columns: Iterable[Field]) -> Iterable[Pointer]:
    for column in columns:
        if column.kind == "fk" and len(model.type(column.target).key) == 1:
            yield Pointer(column.name, widened(model, column.target))


def _table_order(model: Model) -> tuple[str, ...]:
    """Return all tables, what others depend on first.

    A table depends on those it cannot do without: foreign keys that cascade or refuse. Where these form a circle, and
    for keys that may be cleared, order does not matter, since keys are checked when the transaction ends.
    """
    needs = {
        name: sorted(
            model.type(column.target).table
            for column in table.columns.values()
            if column.kind == "fk" and column.target and column.on_delete != "null"
        )
        for name, table in model.tables.items()
    }
    order: dict[str, None] = {}
    visiting: set[str] = set()

    def visit(name: str) -> None:
        if name in order or name in visiting:
            return
        visiting.add(name)
        for other in needs.get(name, ()):
            visit(other)
        order[name] = None

    for name in sorted(needs):
        visit(name)
    return tuple(order)
