"""Lists and their entries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

# What the entries of a list are, by the system_type of the list: table, as entries name no table themselves.
ENTRY_TABLES = {"task": "context", "assetversion": "asset_version"}
ENTRY_TYPES = {"context": "TypedContext", "asset_version": "AssetVersion"}


class ListObjectRules(TableRules):
    """Rules of list entries."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """See to it that what is listed exists and is of the kind that the list takes."""
        wanted: dict[str, set[Any]] = defaultdict(set)
        for draft in drafts:
            owner = work.view("list", draft["list_id"])
            table = None if owner is None else ENTRY_TABLES.get(owner["system_type"])
            if table is not None:
                wanted[table].add(draft["entity_id"])
                work.refer(draft, "entity_id", table, ENTRY_TYPES[table])
        for table, ids in wanted.items():
            work.load_ids(table, ids)

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse a project among the items of a tree."""
        for draft in drafts:
            entry = work.view("context", draft["entity_id"])
            if entry is not None and entry["context_type"] != "task":
                with failing_at(draft.index):
                    raise errors.ValidationError(
                        f'ListObject.entity_id must refer to a TypedContext. "{draft["entity_id"]}" is none.'
                    )
