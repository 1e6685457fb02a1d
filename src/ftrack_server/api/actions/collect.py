"""Creates, updates and deletes of one segment: from operations to pending rows (data_model: 6.8)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_protocol.actions import Create, Delete, Update
from ftrack_server import errors
from ftrack_server.api.actions.attach import Listing
from ftrack_server.api.actions.draft import Draft
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.reading import Reading, read, read_key
from ftrack_server.api.actions.rules.registry import rules_of
from ftrack_server.api.actions.shape import is_one
from ftrack_server.model.definition import UNSET, Field, ToOne

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_server.api.actions.draft import Identity, Key
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import EntityDefinition

Mutation: TypeAlias = "Create | Update | Delete"


@dataclass(slots=True)
class Outcome:
    """What an operation came to, from which its reply is written.

    Attributes:
        action: ``create``, ``update`` or ``delete``.
        requested: The type that the operation names; the reply repeats it (protocol: 2.5).
        key: Primary key.
        row: The row created or changed; None for a delete and for an update of a row that is gone by now.
        sent: What the operation said, in the form in which a reply repeats it.
    """

    action: str
    requested: EntityDefinition
    key: Key
    row: Draft | None
    sent: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Addressed:
    """An operation whose type and key are read."""

    index: int
    operation: Mutation
    requested: EntityDefinition
    key: Key

    @property
    def table(self) -> str:
        return self.requested.table

    @property
    def identity(self) -> Identity:
        return self.requested.table, self.key


@dataclass(frozen=True, slots=True)
class _Creation(_Addressed):
    """A create, whose data has to be read to know its key."""

    concrete: EntityDefinition
    reading: Reading


def collect(work: Work, operations: Iterable[tuple[int, Mutation]]) -> tuple[dict[int, Outcome], list[Listing]]:
    """Turn operations into pending rows and deletions of `work`.

    Creates count before updates, so that an update may come before the create it refers to, unless a deletion of the
    row is in between: then it is of the one that is deleted. Rows to change are read with one statement per table.

    Args:
        work: The rows of the batch.
        operations: Positions in the batch with their operations, in order.

    Returns:
        What each operation came to, by position, and the collections that were set.
    """
    addressed = [_address(work, index, operation) for index, operation in operations]
    _load(work, addressed)
    outcomes: dict[int, Outcome] = {}
    listings: list[Listing] = []
    for item in addressed:
        with failing_at(item.index):
            if isinstance(item, _Creation):
                outcomes[item.index] = _create(work, item, listings)
            elif isinstance(item.operation, Delete):
                outcomes[item.index] = _delete(work, item)
    ends = {item.identity: item.index for item in addressed if isinstance(item.operation, Delete)}
    for item in addressed:
        with failing_at(item.index):
            if isinstance(item.operation, Update):
                is_before_the_end = item.index < ends.get(item.identity, 0)
                outcomes[item.index] = _update(work, item, listings, is_of_a_gone_row=is_before_the_end)
    return outcomes, listings


def _address(work: Work, index: int, operation: Mutation) -> _Addressed:
    with failing_at(index):
        requested = work.model.type(operation.entity_type)
        rules = rules_of(requested.table)
        rules.refuse(requested, operation.action)
        if not isinstance(operation, Create):
            return _Addressed(index, operation, requested, read_key(work.model, requested, operation.entity_key))
        data = rules.prepare(requested, operation.entity_data)
        concrete = _classified(work, requested, data)
        reading = _read(work, concrete, data)
        key = _created_key(work, concrete, operation, reading)
        return _Creation(index, operation, requested, key, concrete, reading)


def _read(work: Work, definition: EntityDefinition, data: Mapping[str, Any]) -> Reading:
    conflicting = rules_of(definition.table).conflicting
    return read(
        work.model, definition, data, refuse_unknown=work.context.options.refuse_unknown, conflicting=conflicting
    )


def _classified(work: Work, requested: EntityDefinition, data: Mapping[str, Any]) -> EntityDefinition:
    """Return the concrete type of a new row: the one requested, or a subtype that the data tells (data_model: 2.1)."""
    columns = work.model.discriminator_columns(requested.table)
    if not columns:
        return requested
    told = {name: data[name] for name in data if _tells(requested, columns, name)}
    row: dict[str, Any] = dict.fromkeys(columns)
    row.update(read(work.model, requested, told, refuse_unknown=False).values)
    for column in columns:
        attribute = requested.attributes.get(column)
        if row[column] is None and isinstance(attribute, Field) and attribute.default is not UNSET:
            row[column] = attribute.default
    for column, allowed in requested.discriminator:
        if row[column] is None and len(allowed) == 1:
            row[column] = allowed[0]
        if row[column] not in {None, *allowed}:
            raise errors.ValidationError(
                f'A {requested.id} has the {column} "{allowed[0]}". Got "{row[column]}"; name the type that fits.'
            )
    _check_kinds(work, requested, row)
    rules_of(requested.table).classify(row)
    concrete = work.model.concrete(requested, row)
    if concrete.abstract:
        missing = next((column for column in columns if row[column] is None), columns[-1])
        raise errors.ValidationError(f"A {requested.id} needs {missing} to tell which kind it is.")
    return concrete


def _check_kinds(work: Work, requested: EntityDefinition, row: Mapping[str, Any]) -> None:
    """Refuse what would be a row of no kind: a list of ``shots``, say. Object types are checked as references."""
    known: dict[str, list[str]] = defaultdict(list)
    for kind in work.model.subtypes(requested.id):
        for column, allowed in kind.discriminator:
            known[column].extend(value for value in allowed if value not in known[column])
    for column, values in known.items():
        if row[column] is not None and row[column] not in values and column != "object_type_id":
            hint = errors.near_match(str(row[column]), values)
            raise errors.ValidationError(
                f'{requested.id}.{column} must be one of {", ".join(values)}. Got "{row[column]}".{hint}'
            )


def _tells(requested: EntityDefinition, columns: tuple[str, ...], name: str) -> bool:
    """Return whether an attribute is, or leads through, a column that tells types apart."""
    attribute = requested.attributes.get(name)
    return name in columns or (isinstance(attribute, ToOne) and attribute.columns[0] in columns)


def _discriminating(definition: EntityDefinition) -> dict[str, Any]:
    """Return the columns that make a new row one of its type, where there is but one value for them."""
    return {column: allowed[0] for column, allowed in definition.discriminator if len(allowed) == 1}


def _created_key(work: Work, definition: EntityDefinition, operation: Create, reading: Reading) -> Key:
    """Return the key of a new row, from ``entity_key``, else from the data, else made; the data is brought in line."""
    given = read_key(work.model, definition, operation.entity_key) if operation.entity_key else ()
    parts = []
    for position, name in enumerate(definition.key):
        attribute = definition.attributes[name]
        value = reading.values.get(name)
        if given and value is not None and value != given[position]:
            raise errors.ValidationError(f'{definition.id}.{name} is "{value}" but the key says "{given[position]}".')
        if value is None and given:
            value = given[position]
        if value is None and isinstance(attribute, Field) and attribute.default is not UNSET:
            value = work.context.clock.new_id() if attribute.default == "{uid}" else attribute.default
        if value is None:
            raise errors.IntegrityError(f"A {definition.id} needs {name}, which is part of its key.")
        reading.values[name] = value
        parts.append(value)
    return tuple(parts)


def _load(work: Work, addressed: Iterable[_Addressed]) -> None:
    keys: dict[str, set[Key]] = defaultdict(set)
    for item in addressed:
        keys[item.table].add(item.key)
    for table, wanted in keys.items():
        work.load(table, wanted)


def _create(work: Work, item: _Creation, listings: list[Listing]) -> Outcome:
    concrete, reading = item.concrete, item.reading
    there = None if item.identity in work.deletions else work.change(concrete.id, item.key, item.index)
    if there is not None and rules_of(item.table).create_overwrites:
        draft = there
        draft.values.update(reading.values)
    elif there is not None:
        raise _duplicate(item)
    else:
        values = {**reading.values, **_discriminating(concrete)}
        draft = work.add(Draft(concrete, item.key, item.index, None, values))
        if item.identity in work.deletions:
            work.replaced.add(item.identity)
        work.cancelled.discard(item.identity)
    listings.extend(Listing(draft, attribute, value, item.index) for attribute, value in reading.collections)
    return Outcome("create", item.requested, item.key, draft, reading.sent)


def _duplicate(item: _Addressed) -> errors.DuplicateEntryError:
    key = "/".join(str(part) for part in item.key)
    return errors.DuplicateEntryError(f'A {item.requested.id} with the key "{key}" exists already.')


def _delete(work: Work, item: _Addressed) -> Outcome:
    outcome = Outcome("delete", item.requested, item.key, None, {})
    pending = work.draft(item.table, item.key)
    if pending is not None and pending.is_new:
        work.drop(pending)
        work.replaced.discard(item.identity)
        work.cancelled.add(item.identity)
        return outcome
    if item.identity in work.deletions or item.identity in work.removed:
        return outcome
    row = work.stored(item.table, item.key)
    if row is None or not is_one(work.model, item.requested, row):
        raise _missing(item)
    work.deletions[item.identity] = item.index
    return outcome


def _update(work: Work, item: _Addressed, listings: list[Listing], *, is_of_a_gone_row: bool) -> Outcome:
    rules = rules_of(item.table)
    gone = is_of_a_gone_row or (work.draft(item.table, item.key) is None and _is_gone(work, item))
    draft = None if gone else work.change(item.requested.id, item.key, item.index)
    if draft is not None and not is_one(work.model, item.requested, draft):
        draft = None
    elif draft is None and not gone and rules.update_inserts:
        key_values = dict(zip(item.requested.key, item.key, strict=True))
        draft = work.add(Draft(item.requested, item.key, item.index, None, key_values))
    if draft is None and not gone:
        raise _missing(item)
    # A row of a more specific type than the one named has that type's rules.
    definition = item.requested if draft is None or not _derives(work, draft, item) else draft.definition
    data = rules.prepare(definition, item.operation.entity_data) if isinstance(item.operation, Update) else {}
    reading = _read(work, definition, data)
    if draft is not None:
        _keep_kind(draft, reading)
        _apply(draft, reading)
        listings.extend(Listing(draft, attribute, value, item.index) for attribute, value in reading.collections)
    return Outcome("update", item.requested, item.key, draft, reading.sent)


def _keep_kind(draft: Draft, reading: Reading) -> None:
    """Refuse a change of what tells the types of a family apart: under another type the row would be lost to view."""
    for column, allowed in draft.definition.discriminator:
        if reading.values.get(column, allowed[0]) not in allowed:
            raise errors.ValidationError(
                f'{draft.definition.id}.{column} tells what kind of entity it is: "{allowed[0]}". It cannot become '
                f'"{reading.values[column]}"; create another entity instead.'
            )


def _is_gone(work: Work, item: _Addressed) -> bool:
    """Return whether the batch itself has removed a row, or never writes it: clients go on to change such rows."""
    identity = item.identity
    return identity in work.removed or identity in work.cancelled or work.is_deleted(*identity)


def _derives(work: Work, draft: Draft, item: _Addressed) -> bool:
    return draft.definition in work.model.subtypes(item.requested.id)


def _apply(draft: Draft, reading: Reading) -> None:
    """Take over new values; what cannot change may be sent as it is (protocol: 2.6)."""
    for column, value in reading.values.items():
        attribute = draft.definition.attributes.get(column)
        fixed = column in draft.definition.key or (
            attribute is not None and attribute.immutable and draft.before is not None
        )
        if fixed and draft[column] != value:
            raise errors.ValidationError(f'{draft.definition.id}.{column} cannot change from "{draft[column]}".')
        draft.values[column] = value
    for attribute, _value in reading.collections:
        if attribute.immutable and not draft.is_new:
            raise errors.ValidationError(f"{draft.definition.id}.{attribute.name} cannot change.")


def _missing(item: _Addressed) -> errors.NotFoundError:
    key = "/".join(str(part) for part in item.key)
    return errors.NotFoundError(
        f'There is no {item.requested.id} with the key "{key}" to {item.operation.action}. It may have been deleted.'
    )
