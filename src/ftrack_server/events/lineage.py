"""Where changed entities are in a project: what each belongs to, upwards, in few statements for all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ftrack_server.model.bounds import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_server.events.changes import Change
    from ftrack_server.model.registry import Model

    Place = tuple[str, Any]  # table and id

PARENTS: Mapping[str, tuple[str, str]] = {
    "asset": ("context", "context_id"),
    "asset_version": ("asset", "asset_id"),
    "component": ("asset_version", "version_id"),
    "asset_version_link": ("asset_version", "to_id"),
    "component_location": ("component", "component_id"),
    "manager": ("context", "context_id"),
    "list": ("context", "project_id"),
    "list_object": ("list", "list_id"),
    "appointment": ("context", "context_id"),
    "typed_context_link": ("context", "to_id"),
    "timelog": ("context", "context_id"),
    "timer": ("context", "context_id"),
    "split_task_part": ("context", "task_id"),
    "calendar_event": ("context", "project_id"),
    "calendar_event_resource": ("calendar_event", "calendar_event_id"),
    "review_session": ("context", "project_id"),
    "review_session_folder": ("context", "project_id"),
    "review_session_object": ("review_session", "review_session_id"),
    "review_session_invitee": ("review_session", "review_session_id"),
    "review_session_object_status": ("review_session_object", "review_session_object_id"),
    "review_session_object_annotation": ("review_session_object", "review_session_object_id"),
    "review_session_object_annotation_component": ("review_session_object", "review_session_object_id"),
    "note_component": ("note", "note_id"),
    "note_label_link": ("note", "note_id"),
    "recipient": ("note", "note_id"),
    "user_security_role_project": ("context", "project_id"),
}
"""Table to the table and the column of what its entities belong to."""

POLYMORPHIC = frozenset({"entity_setting", "metadata", "note"})
"""Tables whose entities say in two columns, ``parent_type`` and ``parent_id``, what they belong to."""

DEEPEST = 8
"""Steps from an entity to an item of the tree; a component of a version of an asset takes three."""


class RowSource(Protocol):
    """What is asked of the transaction."""

    def fetch(self, table: str, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        """Return rows by primary key."""
        ...

    def chains(self, contexts: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """Return the rows from each context up to its project."""
        ...


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One step of a way upwards: a row and its table."""

    table: str
    row: Mapping[str, Any]


class Lineage:
    """The ways upwards of the rows of one batch, rows that are gone included.

    Args:
        model: The entity types.
        rows: The transaction.
        changes: What the batch did.

    Cost: one statement for the items of the tree, and one for each table and step in between.
    """

    def __init__(self, model: Model, rows: RowSource, changes: Iterable[Change]) -> None:
        self._model = model
        self._rows = rows
        changes = list(changes)
        self._known: dict[Place, Mapping[str, Any]] = {
            (change.table, change.key[0]): change.row for change in changes if len(change.key) == 1
        }
        self._asked: set[Place] = set(self._known)
        self._load([change.row for change in changes], [change.table for change in changes])

    def row(self, table: str, id_: Any) -> Mapping[str, Any] | None:
        """Return a row on one of the ways, or that was asked for by `find`."""
        return self._known.get((table, id_))

    def find(self, table: str, ids: Iterable[Any]) -> None:
        """Read further rows and their ways upwards."""
        wanted = {(id_,) for id_ in ids if (table, id_) not in self._asked}
        if not wanted:
            return
        if table == "context":
            self._load_contexts({key[0] for key in wanted})
            return
        self._asked.update((table, key[0]) for key in wanted)
        found = self._rows.fetch(table, wanted)
        self._known.update({(table, key[0]): row for key, row in found.items()})
        self._load(list(found.values()), [table] * len(found))

    def above(self, table: str, row: Mapping[str, Any]) -> list[Ancestor]:
        """Return what a row belongs to, nearest first; the last is the project, for whatever is in one."""
        found: list[Ancestor] = []
        seen: set[Place] = set()
        place = self.parent(table, row)
        while place is not None and place not in seen:
            seen.add(place)
            parent = self._known.get(place)
            if parent is None:
                break
            found.append(Ancestor(place[0], parent))
            place = self.parent(place[0], parent)
        return found

    def parent(self, table: str, row: Mapping[str, Any]) -> Place | None:
        """Return table and id of what a row belongs to, None for nothing; the row there may not exist."""
        if table == "context":
            parent, column = "context", "parent_id"
        elif table in POLYMORPHIC:
            kind = row.get("parent_type")
            named = self._model.types.get(self._model.public_parent_type(kind)) if kind else None
            parent = "" if named is None else named.table
            column = "parent_id"
        else:
            parent, column = PARENTS.get(table, ("", ""))
            if table in CONTAINERS and row.get(column) is None:
                parent, column = table, CONTAINERS[table]
        id_ = row.get(column)
        return (parent, id_) if parent and id_ is not None else None

    def _load(self, rows: Iterable[Mapping[str, Any]], tables: Iterable[str]) -> None:
        """Read what rows belong to, step by step; the tree comes last, in one statement for all."""
        frontier = list(zip(tables, rows, strict=True))
        contexts: set[Any] = set()
        for _ in range(DEEPEST):
            wanted: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
            for table, row in frontier:
                place = self.parent(table, row)
                if place is None or place in self._asked:
                    continue
                if place[0] == "context":
                    contexts.add(place[1])
                else:
                    wanted[place[0]].add((place[1],))
                    self._asked.add(place)
            frontier = []
            for table, keys in wanted.items():
                for key, row in self._rows.fetch(table, keys).items():
                    self._known[table, key[0]] = row
                    frontier.append((table, row))
            if not frontier:
                break
        self._load_contexts(contexts)

    def _load_contexts(self, contexts: set[Any]) -> None:
        for chain in (self._rows.chains(contexts) if contexts else {}).values():
            for row in chain:
                self._known.setdefault(("context", row["id"]), row)
        self._asked.update(("context", id_) for id_ in contexts)
