"""Rows that are entries of a dictionary: metadata and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftrack_protocol import json
from ftrack_server import errors
from ftrack_server.api import validate
from ftrack_server.api.actions.draft import Draft
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.attach import Listing
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import EntityDefinition

METADATA = "Metadata"


class EntryRules(TableRules):
    """Rules of key and value rows: writing one that exists changes it."""

    create_overwrites = True

    def prepare(self, definition: EntityDefinition, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep any scalar as text, since that is all an entry holds (protocol: 2.5)."""
        value = data.get("value")
        if value is None or isinstance(value, str | Mapping | list):
            return data
        return {**data, "value": _as_text(f"{definition.id}.value", value)}


class SettingRules(EntryRules):
    """Rules of server settings, which need not exist to be changed (data_model: 8.2)."""

    update_inserts = True


class MetadataRules(EntryRules):
    """Rules of metadata."""

    def assign(self, work: Work, listings: Sequence[Listing]) -> None:
        """Write entries sent with their owners; a list of references merely repeats what operations of its own say.

        What is not named stays: clients that mean to remove an entry delete its row (data_model: 6.6).
        """
        wanted = []
        for listing in listings:
            with failing_at(listing.index):
                wanted += [(listing, (listing.owner.key[0], name), text) for name, text in _entries(listing)]
        work.load("metadata", [key for _, key, _ in wanted])
        for listing, key, text in wanted:
            draft = work.change(METADATA, key, listing.index)
            if draft is None:
                kind = work.model.parent_table(listing.owner.definition.id)
                columns = {"parent_id": key[0], "key": key[1], "parent_type": kind}
                draft = work.add(Draft(work.model.type(METADATA), key, listing.index, None, columns))
            draft.values["value"] = text


def _entries(listing: Listing) -> list[tuple[str, str]]:
    where, value = listing.where, listing.value
    if isinstance(value, Mapping):
        return [(str(name), _text(where, item)) for name, item in value.items() if item is not None]
    if value is not None and not isinstance(value, list):
        raise errors.ValidationError(f"{where} must be a dictionary or a list. Got {validate.shown(value)}.")
    found = []
    for item in value or ():
        if not isinstance(item, Mapping):
            raise errors.ValidationError(f"{where} holds references or key and value. Got {validate.shown(item)}.")
        if item.get("value") is not None and isinstance(item.get("key"), str):
            found.append((item["key"], _text(where, item["value"])))
    return found


def _text(where: str, value: Any) -> str:
    if isinstance(value, Mapping | list):
        raise errors.ValidationError(f"{where} holds texts. Got {validate.shown(value)}.")
    return _as_text(where, value)


def _as_text(where: str, value: Any) -> str:
    try:
        return value if isinstance(value, str) else json.dumps(value)
    except ValueError:  # read from 1e999
        raise errors.ValidationError(f"{where} holds a number beyond 1e308. Got {validate.shown(value)}.") from None
