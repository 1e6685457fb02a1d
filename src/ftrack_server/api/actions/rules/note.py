"""Notes, replies, recipients and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.circles import refuse_circles
from ftrack_server.api.actions.owners import load_upwards, owner_of
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.rules.project_change import change_project, take_project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work


class NoteRules(TableRules):
    """Rules of notes (data_model: 8.2)."""

    owned = frozenset({"in_reply_to_id"})

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Place replies where the note they answer is, derive the project and address the note to its writer."""
        _load_places(work, drafts)
        for draft in drafts:
            with failing_at(draft.index):
                _place(work, draft)
            _complete_todo(work, draft)
            for column in ("date", "thread_activity"):
                if draft[column] is None:
                    draft.values[column] = work.context.now
        _load_threads(work, drafts)
        for draft in drafts:
            _stir_thread(work, draft)
            _address(work, draft)

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Place a note that has got another parent, and keep who completed a to-do beside when."""
        placed = [draft for draft in drafts if any(draft.changes(name) for name in _PLACING)]
        _load_places(work, placed)
        for draft in placed:
            with failing_at(draft.index):
                _place(work, draft)
        for draft in drafts:
            _complete_todo(work, draft)
        change_project(work, [draft for draft in placed if draft.changes("project_id")])

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse threads that answer themselves."""
        refuse_circles(work, "note", "in_reply_to_id", drafts)


class RecipientRules(TableRules):
    """Rules of recipients: the writer of a note is one already, so that adding them again is no fault."""

    create_overwrites = True


class NoteLabelLinkRules(TableRules):
    """Rules of labels on notes, of which the older ``category`` shows one (data_model: 2.3)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Make the label the category of a note that has none."""
        for draft in drafts:
            note = work.change("Note", (draft["note_id"],), draft.index)
            if note is not None and note["category_id"] is None:
                note.values["category_id"] = draft["label_id"]

    def deleted(self, work: Work, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take the category from notes that lose the label it shows."""
        lost = {(row["note_id"], row["label_id"]) for row in rows}
        notes = work.context.rows.fetch("note", {(note,) for note, _ in lost})
        emptied = [key for key, note in notes.items() if (note["id"], note["category_id"]) in lost]
        work.context.rows.update("note", [(key, {"category_id": None}) for key in emptied])


_PLACING = ("parent_id", "parent_type", "in_reply_to_id", "project_id")


def _place(work: Work, draft: Draft) -> None:
    if draft["in_reply_to_id"] is not None:
        work.load_ids("note", [draft["in_reply_to_id"]])
        answered = work.view("note", draft["in_reply_to_id"])
        if answered is not None:
            for column in ("parent_id", "parent_type", "project_id"):
                draft.values[column] = answered[column]
        return
    if draft["parent_id"] is None:
        return
    if draft["parent_type"] is None:
        raise errors.ValidationError("Note.parent_id needs parent_type beside it: the entity type of the parent.")
    place = owner_of(work, draft.table, draft)
    while place is not None and not _has_project(work, place[0]):
        place = owner_of(work, *place)
    if place is not None:
        take_project(draft, "parent", place[1]["project_id"])


def _load_places(work: Work, drafts: Sequence[Draft]) -> None:
    """Read what notes are on, and what that belongs to until a project is known."""
    load_upwards(work, [(draft.table, draft) for draft in drafts], lambda table: _has_project(work, table))


def _has_project(work: Work, table: str) -> bool:
    return "project_id" in work.model.tables[table].columns


def _complete_todo(work: Work, draft: Draft) -> None:
    """Fill in when and by whom, if one of the two was set or cleared."""
    if draft.changes("completed_by_id") and "completed_at" not in draft.values:
        draft.values["completed_at"] = None if draft["completed_by_id"] is None else work.context.now
    elif draft.changes("completed_at") and "completed_by_id" not in draft.values:
        draft.values["completed_by_id"] = None if draft["completed_at"] is None else work.context.actor.user_id


def _load_threads(work: Work, drafts: Sequence[Draft]) -> None:
    """Read the notes above replies up to the first of each thread."""
    wanted = {draft["in_reply_to_id"] for draft in drafts} - {None}
    seen: set[Any] = set()
    while wanted:
        work.load_ids("note", wanted)
        seen |= wanted
        rows = (work.view("note", id_) for id_ in wanted)
        wanted = {row["in_reply_to_id"] for row in rows if row is not None} - seen - {None}


def _stir_thread(work: Work, draft: Draft) -> None:
    """Let the first note of a thread know of a new reply."""
    first, id_ = None, draft["in_reply_to_id"]
    seen: set[Any] = set()  # a thread that answers itself is refused once the batch is complete
    while id_ not in seen and id_ is not None and (row := work.view("note", id_)) is not None:
        seen.add(id_)
        first, id_ = id_, row["in_reply_to_id"]
    root = None if first is None else work.change("Note", (first,), draft.index)
    if root is not None and (root["thread_activity"] is None or root["thread_activity"] < draft["date"]):
        root.values["thread_activity"] = draft["date"]


def _address(work: Work, draft: Draft) -> None:
    """Add the calling user to the recipients (protocol: 2.5)."""
    key = (draft.key[0], work.context.actor.user_id)
    if work.draft("recipient", key) is None:
        work.create("Recipient", {"note_id": key[0], "resource_id": key[1]}, draft.index)
