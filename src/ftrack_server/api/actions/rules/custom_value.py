"""Values of custom attributes and rows of custom links."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api import validate
from ftrack_server.api.actions.draft import Draft
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.rules.custom_declaration import OWNER_ROWS, configurations
from ftrack_server.api.actions.unique import refuse_duplicates
from ftrack_server.model.custom import Owner, applicable, cast_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.attach import Listing
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.custom import Configuration
    from ftrack_server.model.definition import EntityDefinition

STORED_VALUE = "CustomAttributeValue"
_KINDS = {"asset_version": "assetversion", "list_object": "listobject"}


class ValueRules(TableRules):
    """Rules of values: written by whichever operation, kept comparable by type, gone when null (protocol: 3.9)."""

    create_overwrites = True
    update_inserts = True

    def refuse(self, definition: EntityDefinition, action: str) -> None:
        """Refuse to delete a row of a view, which shows values whether or not they are stored."""
        if action == "delete" and definition.id != STORED_VALUE:
            raise errors.ValidationError(
                f"{definition.id} shows values and has no rows to delete; delete the {STORED_VALUE}, or set null."
            )

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Check values and keep a comparable copy of each."""
        self.change(work, drafts)

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Check values and keep a comparable copy of each; a null takes the row away."""
        declared = _declared(work, drafts)
        _check_nulls(work, [draft for draft in drafts if draft.is_new and draft["value"] is None], declared)
        for draft in drafts:
            configuration = declared.get(draft["configuration_id"])
            if draft["value"] is None:
                work.drop(draft)
                if not draft.is_new:
                    work.deletions[draft.identity] = draft.index
            elif configuration is not None:  # else reported as a reference that leads nowhere
                with failing_at(draft.index):
                    cast = cast_value(configuration, draft["value"])
                columns = {"number": cast.number, "text": cast.text, "date": cast.date}
                draft.values.update(columns, value=json.loads(cast.value))

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse values for entities that do not exist or do not have the attribute: nobody would ever see them."""
        declared = _declared(work, drafts)
        placed = [(draft, declared[id_]) for draft in drafts if (id_ := draft["configuration_id"]) in declared]
        _load_owners(work, placed)
        for draft, configuration in placed:
            owner = _owner_of(work, draft, configuration)
            if owner is None:
                first, *others = _owner_tables(work, draft, configuration)
                work.refer(draft, "entity_id", first, _owner_words((first, *others)), *others)
            elif not configuration.applies_to(owner):
                with failing_at(draft.index):
                    raise errors.ValidationError(
                        f'The custom attribute "{configuration.key}" is not for the entity "{draft["entity_id"]}".'
                    )

    def assign(self, work: Work, listings: Sequence[Listing]) -> None:
        """Write values sent with their owners, by key or as value rows; what is not named stays."""
        rows = work.context.rows.select("custom_attribute_configuration", {"kind": ["value"]})
        declared = configurations(work, rows)
        wanted: list[tuple[Listing, tuple[Any, Any], Any]] = []
        for listing in listings:
            with failing_at(listing.index):
                by_name = _names(applicable(declared.values(), _owner(listing.owner.table, listing.owner)))
                for name, value in _entries(listing):
                    if name not in by_name:
                        hint = errors.near_match(name, by_name)
                        kind = listing.owner.definition.id
                        raise errors.ValidationError(f'{kind} has no custom attribute "{name}".{hint}')
                    wanted.append((listing, (by_name[name], listing.owner.key[0]), value))
        work.load("custom_attribute_value", [key for _, key, _ in wanted])
        for listing, key, value in wanted:
            draft = work.change(STORED_VALUE, key, listing.index)
            if draft is None:
                columns = dict(zip(("configuration_id", "entity_id"), key, strict=True))
                draft = work.add(Draft(work.model.type(STORED_VALUE), key, listing.index, None, columns))
            draft.values["value"] = value


class LinkRules(TableRules):
    """Rules of custom links (data_model: 8.2)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Take the kinds of both ends from the declaration."""
        ends: dict[str, set[Any]] = defaultdict(set)
        for draft in drafts:
            declared = work.view("custom_attribute_configuration", draft["configuration_id"])
            if declared is None or declared["kind"] != "link":
                continue  # reported as a reference that leads nowhere, or to something else
            draft.values["from_entity_type"] = declared["entity_type"]
            draft.values["to_entity_type"] = declared["entity_type_to"]
            for end in ("from", "to"):
                target = work.model.type(work.model.public_parent_type(draft[f"{end}_entity_type"]))
                ends[target.table].add(draft[f"{end}_id"])
                work.refer(draft, f"{end}_id", target.table, target.id)
        for table, ids in ends.items():
            work.load_ids(table, ids)

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse to lead a link elsewhere."""
        del work
        for draft in drafts:
            for column in ("configuration_id", "from_id", "to_id"):
                if draft.changes(column):
                    with failing_at(draft.index):
                        raise errors.ValidationError(
                            f"{draft.definition.id}.{column} cannot change; delete the link and create another one."
                        )

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse ends of another kind than declared, and a second link where the declaration allows one."""
        single = []
        work.load_ids("custom_attribute_configuration", [draft["configuration_id"] for draft in drafts])
        for draft in drafts:
            declared = work.view("custom_attribute_configuration", draft["configuration_id"])
            if declared is None:
                continue
            _check_ends(work, draft, declared)
            if declared["one_to_one"]:
                single.append(draft)
        refuse_duplicates(work, "custom_attribute_link", ("configuration_id", "from_id"), single)


def _check_ends(work: Work, draft: Draft, declared: Mapping[str, Any] | Draft) -> None:
    """Refuse ends that are not what the declaration names: a person for a group, a shot where tasks are meant."""
    ends = (("from_id", "entity_type", "object_type_id"), ("to_id", "entity_type_to", "object_type_id_to"))
    for column, kind, object_type in ends:
        table, wanted = _ENDS.get(declared[kind], ("", {}))
        row = work.view(table, draft[column]) if table else None
        if row is None:
            continue  # reported as a reference that leads nowhere
        if declared[object_type] is not None and table == "context":
            wanted = {**wanted, "object_type_id": declared[object_type]}
        if any(row[name] != value for name, value in wanted.items()):
            with failing_at(draft.index):
                raise errors.ValidationError(
                    f'{draft.definition.id}.{column} "{draft[column]}" is not of the kind that the custom attribute '
                    f'"{declared["key"]}" links: {declared[kind]}.'
                )


_ENDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "task": ("context", {"context_type": "task"}),
    "show": ("context", {"context_type": "show"}),
    "user": ("resource", {"resource_type": "user"}),
    "group": ("resource", {"resource_type": "group"}),
}
"""What singles out an end that shares its table with others."""


def _declared(work: Work, drafts: Sequence[Draft]) -> dict[Any, Configuration]:
    ids = {draft["configuration_id"] for draft in drafts}
    work.load_ids("custom_attribute_configuration", ids)
    rows = [work.view("custom_attribute_configuration", id_) for id_ in ids]
    return configurations(work, [row.row() if isinstance(row, Draft) else row for row in rows if row is not None])


def _check_nulls(work: Work, drafts: Sequence[Draft], declared: Mapping[Any, Configuration]) -> None:
    """Refuse new rows without a value where a null would not mean the default either; nothing looks at them later."""
    placed: list[tuple[Draft, Configuration]] = []
    for draft in drafts:
        configuration = declared.get(draft["configuration_id"])
        with failing_at(draft.index):
            if "value" not in draft.values:
                raise errors.ValidationError(f'{draft.definition.id} needs "value"; null stands for the default.')
            if configuration is None:
                raise errors.IntegrityError(_nowhere(draft, "configuration_id", "CustomAttributeConfiguration"))
        placed.append((draft, configuration))
    _load_owners(work, placed)
    for draft, configuration in placed:
        if _owner_of(work, draft, configuration) is None:
            with failing_at(draft.index):
                words = _owner_words(_owner_tables(work, draft, configuration))
                raise errors.IntegrityError(_nowhere(draft, "entity_id", words))


def _nowhere(draft: Draft, column: str, target: str) -> str:
    return f'{draft.definition.id}.{column} refers to {target} "{draft[column]}", which does not exist.'


def _owner_tables(work: Work, draft: Draft, configuration: Configuration) -> tuple[str, ...]:
    """Return where the owner of a value may be: by the view through which it was written, else by its declaration."""
    pointers = {pointer.column: pointer.table for pointer in work.shapes.of(draft.definition).pointers}
    if "entity_id" in pointers:
        return (pointers["entity_id"],)
    if configuration.is_hierarchical:
        return _HIERARCHICAL
    return (OWNER_ROWS[configuration.entity_type][0],)


_HIERARCHICAL = ("context", "asset", "asset_version")
"""Where the entities are that have all hierarchical attributes."""


def _owner_words(tables: Sequence[str]) -> str:
    return " or ".join(_OWNER_TYPES[table] for table in tables)


_OWNER_TYPES = {
    "context": "Context",
    "asset": "Asset",
    "asset_version": "AssetVersion",
    "resource": "User",
    "list": "List",
    "list_object": "ListObject",
}


def _load_owners(work: Work, placed: Sequence[tuple[Draft, Configuration]]) -> None:
    owners: dict[str, set[Any]] = defaultdict(set)
    for draft, configuration in placed:
        for table in _owner_tables(work, draft, configuration):
            owners[table].add(draft["entity_id"])
    for table, ids in owners.items():
        work.load_ids(table, ids)


def _owner_of(work: Work, draft: Draft, configuration: Configuration) -> Owner | None:
    """Return the loaded owner of a value, None when there is none."""
    for table in _owner_tables(work, draft, configuration):
        row = work.view(table, draft["entity_id"])
        if row is not None:
            return _owner(table, row)
    return None


def _owner(table: str, row: Draft | Mapping[str, Any]) -> Owner:
    if table == "context":
        return Owner(row["context_type"], row["object_type_id"], row["project_id"])
    if table == "resource":
        return Owner(row["resource_type"])
    return Owner(_KINDS.get(table, table), None, row["project_id"] if table in _IN_PROJECT else None)


_IN_PROJECT = frozenset({"asset", "asset_version", "list"})


def _names(declared: Sequence[Configuration]) -> dict[str, str]:
    """Return the ids of attributes by everything they may be called: their id and their key."""
    return {name: item.id for item in declared for name in (item.id, item.key)}


def _entries(listing: Listing) -> list[tuple[str, Any]]:
    if isinstance(listing.value, Mapping):
        return [(str(name), value) for name, value in listing.value.items()]
    if listing.value is not None and not isinstance(listing.value, list):
        raise errors.ValidationError(
            f"{listing.where} must be a dictionary or a list. Got {validate.shown(listing.value)}."
        )
    found = []
    for item in listing.value or ():
        if not isinstance(item, Mapping):
            raise errors.ValidationError(f"{listing.where} holds keys and values. Got {validate.shown(item)}.")
        name = item.get("configuration_id") or item.get("key")
        if isinstance(name, str) and "value" in item:
            found.append((name, item["value"]))
    return found
