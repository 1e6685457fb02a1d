"""Declarations of custom attributes and custom links."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.model.custom import Configuration, cast_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

VALUE_OWNERS = ("task", "show", "assetversion", "asset", "user", "list", "listobject")
LINK_OWNERS = ("task", "show", "asset_version", "asset", "user", "list", "group", "component")

# Where the owners of values are stored, and what singles them out there.
OWNER_ROWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "task": ("context", {"context_type": "task"}),
    "show": ("context", {"context_type": "show"}),
    "assetversion": ("asset_version", {}),
    "asset": ("asset", {}),
    "user": ("resource", {"resource_type": "user"}),
    "list": ("list", {}),
    "listobject": ("list_object", {}),
}


class ConfigurationRules(TableRules):
    """Rules of declarations (data_model: 8.2)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Give declarations without options empty ones."""
        del work
        for draft in drafts:
            if draft["config"] is None:
                draft.values["config"] = "{}"

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Keep type and reach: a declaration may become global, not the reverse; a new default is for new entities."""
        for draft in drafts:
            before = draft.before or {}
            with failing_at(draft.index):
                if draft.changes("type_id") and before.get("type_id") is not None:
                    raise errors.ValidationError(f'The type of the custom attribute "{draft["key"]}" cannot change.')
                if draft.changes("project_id") and draft["project_id"] is not None:
                    raise errors.ValidationError(
                        f'The custom attribute "{draft["key"]}" cannot be narrowed to a project; it may become global.'
                    )
        for draft in drafts:
            if draft.changes("default"):
                _keep_old_default(work, draft.before or {})

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse what cannot apply to anything, unreadable options, defaults of the wrong type and keys in use."""
        work.load_ids("custom_attribute_type", [draft["type_id"] for draft in drafts])
        for column, table, _ in _LOOSE:
            work.load_ids(table, [draft[column] for draft in drafts])
        for draft in drafts:
            with failing_at(draft.index):
                _check_reach(draft)
                _check_loose(work, draft)
                _check_options(draft)
                if draft["kind"] == "value":
                    _check_default(work, draft)
        _refuse_same_reach(work, drafts)


def configurations(work: Work, rows: Iterable[Mapping[str, Any]]) -> dict[Any, Configuration]:
    """Return declarations of values by id; rows without a known type are left out.

    Cost: one statement for their types, unless those were read before.
    """
    listed = list(rows)
    work.load_ids("custom_attribute_type", [row["type_id"] for row in listed])
    types = {row["id"]: work.view("custom_attribute_type", row["type_id"]) for row in listed}
    return {
        row["id"]: Configuration.from_row(row, kind["name"]) for row in listed if (kind := types[row["id"]]) is not None
    }


def _check_reach(draft: Draft) -> None:
    allowed = VALUE_OWNERS if draft["kind"] == "value" else LINK_OWNERS
    ends = ("entity_type",) if draft["kind"] == "value" else ("entity_type", "entity_type_to")
    for column in ends:
        if draft[column] not in allowed:
            hint = errors.near_match(str(draft[column]), allowed)
            raise errors.ValidationError(
                f'{draft.definition.id}.{column} must be one of {", ".join(allowed)}. Got "{draft[column]}".{hint}'
            )
    if not draft["key"]:
        raise errors.ValidationError(f"{draft.definition.id}.key must have a value.")
    if draft["entity_type"] == "user" and draft["project_id"] is not None:
        raise errors.ValidationError("A custom attribute of users belongs to no project.")
    narrow = draft["kind"] == "value" and not draft["is_hierarchical"]
    if narrow and draft["entity_type"] == "task" and draft["object_type_id"] is None:
        raise errors.ValidationError('A custom attribute of "task" needs object_type_id: the kind of item it is for.')


def _check_loose(work: Work, draft: Draft) -> None:
    """Refuse an object type or project that is none: the columns are texts in the schema, not foreign keys."""
    for column, table, target in _LOOSE:
        row = None if draft[column] is None else work.view(table, draft[column])
        if draft[column] is not None and row is None:
            work.refer(draft, column, table, target)
        elif row is not None and table == "context" and row["context_type"] != "show":
            raise errors.ValidationError(
                f'{draft.definition.id}.{column} must refer to a {target}. "{draft[column]}" is none.'
            )


_LOOSE = (("object_type_id", "object_type", "ObjectType"), ("project_id", "context", "Project"))


def _check_options(draft: Draft) -> None:
    try:
        readable = isinstance(json.loads(draft["config"]), dict)
    except (ValueError, RecursionError):
        readable = False
    if not readable:
        raise errors.ValidationError(
            f'{draft.definition.id}.config must be a JSON object as text. Got "{draft["config"]}".'
        )


def _check_default(work: Work, draft: Draft) -> None:
    if draft["type_id"] is None:
        raise errors.IntegrityError(f"{draft.definition.id}.type must have a value.")
    declared = configurations(work, [draft.row()]).get(draft.key[0])
    if declared is not None and draft.changes("default") and declared.default not in (None, ""):
        cast_value(declared, declared.default)


def _refuse_same_reach(work: Work, drafts: Sequence[Draft]) -> None:
    """Refuse two declarations of one key for the same entities."""
    ours = [draft for draft in drafts if any(draft.changes(column) for column in _REACH)]
    for row in work.select("custom_attribute_configuration", key={draft["key"] for draft in ours}):
        for draft in ours:
            if draft.key[0] != row["id"] and all((draft[c] or None) == (row[c] or None) for c in _REACH):
                with failing_at(draft.index):
                    raise errors.DuplicateEntryError(f'There is a custom attribute "{draft["key"]}" for these already.')


_REACH = ("key", "kind", "entity_type", "object_type_id", "project_id", "is_hierarchical")


def _keep_old_default(work: Work, before: Mapping[str, Any]) -> None:
    """Store the old default for entities that have shown it so far (data_model: 6.5).

    Cost: three statements and a row for each of these entities.
    """
    declared = configurations(work, [before]).get(before["id"])
    if declared is None or declared.default_answer is None or declared.entity_type not in OWNER_ROWS:
        return
    table, kind = OWNER_ROWS[declared.entity_type]
    where = {column: [value] for column, value in kind.items()}
    if declared.object_type_id is not None and table == "context":
        where["object_type_id"] = [declared.object_type_id]
    if declared.project_id is not None:
        where["project_id"] = [declared.project_id]
    owners = {key[0] for key in work.context.rows.keys(table, where)}
    written = work.context.rows.select("custom_attribute_value", {"configuration_id": [declared.id]})
    owners -= {row["entity_id"] for row in written}
    cast = cast_value(declared, declared.default_answer)
    columns = {"value": json.loads(cast.value), "number": cast.number, "text": cast.text, "date": cast.date}
    work.context.rows.insert(
        "custom_attribute_value",
        ({"configuration_id": declared.id, "entity_id": owner, **columns} for owner in sorted(owners)),
    )
