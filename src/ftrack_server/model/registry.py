"""The data model of one site, looked up by name: types, tables, subtypes, and which type a row is of.

A `Model` never changes. Object types are rows of the site, so a new row makes a new model (`with_object_types`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ftrack_server.errors import DuplicateEntryError, IntegrityError, UnknownAttributeError, UnknownEntityTypeError
from ftrack_server.model.definition import AnyAttribute, EntityDefinition, Field, TableDefinition
from ftrack_server.model.object_type import TREE_ITEM, TREE_ITEM_BASE, object_type_definitions

# Stored names of what a polymorphic column points to, where the table alone does not tell (data_model: 2.3).
_STORED_PARENTS = {
    "Project": "show",
    "Context": "task",
    "TypedContext": "task",
    "User": "user",
    "BaseUser": "user",
    "Resource": "user",
    "Collaborator": "collaborator",
    "Group": "group",
}
_PUBLIC_PARENTS = {stored: name for name, stored in _STORED_PARENTS.items()} | {
    "task": "TypedContext",
    "user": "User",
}


@dataclass(frozen=True)
class Model:
    """Every entity type of a site.

    Attributes:
        types: Id to definition, in the order in which they are served.
        hidden_tables: Tables that no type describes.
        static: The types that do not depend on object types, with the place where those go.
    """

    types: Mapping[str, EntityDefinition]
    hidden_tables: tuple[TableDefinition, ...]
    static: tuple[tuple[EntityDefinition, ...], tuple[EntityDefinition, ...]] = field(repr=False, default=((), ()))
    _concrete: dict[tuple[str, tuple[Any, ...]], EntityDefinition] = field(
        default_factory=dict, repr=False, compare=False
    )

    def type(self, name: str) -> EntityDefinition:
        """Return a type by id.

        Raises:
            UnknownEntityTypeError: With the nearest name there is.
        """
        try:
            return self.types[name]
        except KeyError:
            raise UnknownEntityTypeError(name, self.types) from None

    def attribute(self, definition: EntityDefinition, name: str) -> AnyAttribute:
        """Return an attribute of a type that clients may name.

        Raises:
            UnknownAttributeError: For a name the type does not have or does not show.
        """
        found = definition.attributes.get(name)
        if found is None or found.hidden:
            visible = [key for key, item in definition.attributes.items() if not item.hidden]
            raise UnknownAttributeError(definition.id, name, visible)
        return found

    def subtypes(self, name: str) -> tuple[EntityDefinition, ...]:
        """Return a type and everything that derives from it, itself first, in served order."""
        return self._subtypes[name]

    def bases(self, name: str) -> tuple[EntityDefinition, ...]:
        """Return a type and what it derives from, itself first, the root last."""
        found = []
        while name:
            definition = self.types[name]
            found.append(definition)
            name = definition.base
        return tuple(found)

    @cached_property
    def _subtypes(self) -> Mapping[str, tuple[EntityDefinition, ...]]:
        found: dict[str, list[EntityDefinition]] = {name: [definition] for name, definition in self.types.items()}
        for definition in self.types.values():
            for base in self.bases(definition.id)[1:]:
                found[base.id].append(definition)
        return {name: tuple(members) for name, members in found.items()}

    @cached_property
    def tables(self) -> Mapping[str, TableDefinition]:
        """Return every table by name: the stored fields of each family united, and the hidden tables."""
        families: dict[str, list[EntityDefinition]] = {}
        for definition in self.types.values():
            families.setdefault(definition.table, []).append(definition)
        found = {name: _united(name, members) for name, members in families.items()}
        found.update({table.name: table for table in self.hidden_tables})
        return found

    @cached_property
    def _discriminators(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for definition in self.types.values():
            found.setdefault(definition.table, {}).update({column: None for column, _ in definition.discriminator})
        return {table: tuple(columns) for table, columns in found.items()}

    def discriminator_columns(self, table: str) -> tuple[str, ...]:
        """Return the columns that tell which type a row of a table is of; empty where there is but one."""
        return self._discriminators.get(table, ())

    def concrete(self, definition: EntityDefinition, row: Mapping[str, Any]) -> EntityDefinition:
        """Return the type under which a row is reported when asked for as ``definition``.

        The deepest subtype whose discriminator the row meets, so that a sequence asked for as ContainerComponent is a
        SequenceComponent; else the type itself, so that a note label asked for as NoteCategory stays one.

        Args:
            definition: What was asked for.
            row: Holds the discriminator columns of the table.

        Cost: a dictionary access after the first row of a kind.
        """
        columns = self._discriminators[definition.table]
        if not columns:
            return definition
        values = tuple(row.get(column) for column in columns)
        found = self._concrete.get((definition.id, values))
        if found is None:
            found = self._most_specific(definition, dict(zip(columns, values, strict=True)))
            self._concrete[definition.id, values] = found
        return found

    def _most_specific(self, definition: EntityDefinition, row: Mapping[str, Any]) -> EntityDefinition:
        """Return the deepest subtype that tells its rows apart and is told by this one."""
        fitting = [
            candidate
            for candidate in self.subtypes(definition.id)
            if candidate.discriminator
            and all(row.get(column) in allowed for column, allowed in candidate.discriminator)
        ]
        return max(fitting, key=lambda candidate: len(self.bases(candidate.id)), default=definition)

    def parent_table(self, schema_id: str) -> str:
        """Return what a ``table`` column stores for an entity type: ``task`` for a Shot (data_model: 2.3).

        Scripts that listen to events know types by the tables that events name, in small letters, and send those.

        Raises:
            UnknownEntityTypeError: If there is no such type.
        """
        known = schema_id if schema_id in self.types else self._by_table_name.get(schema_id.lower(), schema_id)
        for base in self.bases(self.type(known).id):
            if base.id in _STORED_PARENTS:
                return _STORED_PARENTS[base.id]
        return self.types[known].table

    def public_parent_type(self, stored: str) -> str:
        """Return the schema id that clients are shown for what a ``table`` column stores."""
        if stored in _PUBLIC_PARENTS:
            return _PUBLIC_PARENTS[stored]
        return self._roots.get(stored, stored)

    @cached_property
    def _by_table_name(self) -> Mapping[str, str]:
        """Return the type that each table stands for, by its stored name and by that of events, in small letters."""
        found = dict(_PUBLIC_PARENTS)
        for table, root in self._roots.items():
            alias = self.types[root].published.get("alias_for")
            names = {table, root.lower(), alias.lower() if isinstance(alias, str) else table}
            found = {**dict.fromkeys(names, root), **found}
        return found

    @cached_property
    def _roots(self) -> Mapping[str, str]:
        """Return the root type of each table."""
        found: dict[str, str] = {}
        for definition in self.types.values():
            if not definition.base:
                found.setdefault(definition.table, definition.id)
        return found

    @cached_property
    def references_to(self) -> Mapping[str, tuple[tuple[str, Field], ...]]:
        """Return, for each table, the foreign keys that point at its rows as (table, field)."""
        found: dict[str, list[tuple[str, Field]]] = {name: [] for name in self.tables}
        for table in self.tables.values():
            for column in table.columns.values():
                if column.kind == "fk":
                    found[self.types[column.target].table].append((table.name, column))
        return {name: tuple(members) for name, members in found.items()}

    def with_object_types(self, rows: Iterable[Mapping[str, Any]]) -> Model:
        """Return the model of a site with these object types, served in the order of their ids.

        Recorded servers list them so; the order of ``rows`` is no part of the schema hash.

        Args:
            rows: Mappings with ``id``, ``name`` and the flags of an ObjectType.

        Raises:
            DuplicateEntryError: If two of them, or one and a described type, would bear the same name.
            IntegrityError: If none is called Task, which other types refer to.
        """
        before, after = self.static
        base = next(definition for definition in before if definition.id == TREE_ITEM_BASE)
        made = object_type_definitions(base, sorted(rows, key=lambda row: str(row["id"])))
        types: dict[str, EntityDefinition] = {}
        for definition in (*before, *made, *after):
            if definition.id in types:
                raise DuplicateEntryError(f'There is an entity type "{definition.id}" already; rename the object type.')
            types[definition.id] = definition
        if TREE_ITEM not in types:
            raise IntegrityError(f'The object type "{TREE_ITEM}" must stay as it is: other entity types refer to it.')
        return Model(types, self.hidden_tables, self.static)


def _united(name: str, members: list[EntityDefinition]) -> TableDefinition:
    columns: dict[str, Field] = {}
    unique: dict[tuple[str, ...], None] = {}
    indexes: dict[tuple[str, ...], None] = {}
    for definition in members:
        for attribute in definition.attributes.values():
            if not isinstance(attribute, Field) or attribute.synonym_of:
                continue
            columns.setdefault(attribute.name, attribute)
            unique.update(dict.fromkeys(attribute.unique))
            indexes.update(dict.fromkeys(attribute.indexes))
    return TableDefinition(name, members[0].key, columns, tuple(unique), tuple(indexes))
