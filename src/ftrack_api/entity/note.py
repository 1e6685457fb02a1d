"""Notes: replies, and writing notes on whatever can have them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

from ftrack_api.entity import base

# Any below is an entity.


class Note(base.Entity):
    """A note or a reply to one."""

    __slots__ = ()

    def create_reply(self, content: str, author: Any) -> Any:
        """Return a new note that replies to this one; nothing is sent before the next commit.

        Args:
            content: Text of the reply.
            author: User who writes it.
        """
        reply = self.session.create("Note", {"author": author, "content": content})
        self["replies"].append(reply)
        return reply


class CreateNoteMixin:
    """Adds ``create_note`` to entities that have notes."""

    def create_note(
        self,
        content: str,
        author: Any,
        recipients: Iterable[Any] | None = None,
        category: Any = None,
        labels: Iterable[Any] | None = None,
    ) -> Any:
        """Return a new note on this entity; nothing is sent before the next commit.

        Args:
            content: Text of the note.
            author: User who writes it.
            recipients: Users and groups it is for; the server adds the author.
            category: The one label or category of the note; use ``labels`` where the server knows labels.
            labels: Labels of the note.

        Raises:
            ValueError: If both labels and a category are given, or labels to a server that has none.
        """
        session = self.session  # type: ignore[attr-defined]  # mixed into entities
        has_labels = "NoteLabel" in session.types
        if labels is not None and not has_labels:
            raise ValueError("This server has no note labels; give a category instead.")
        if labels is not None and category:
            raise ValueError("Give either labels or a category, not both: a category is a single label.")
        data: dict[str, Any] = {"content": content, "author": author}
        if category and has_labels:
            labels = [category]
            warnings.warn(
                "The category of a note is now one of its labels; give labels instead.",
                PendingDeprecationWarning,
                stacklevel=2,
            )
        elif category:
            data["category_id"] = category["id"]

        note = session.create("Note", data)
        self["notes"].append(note)  # type: ignore[index]  # mixed into entities
        for resource in recipients or ():
            recipient = session.create("Recipient", {"note_id": note["id"], "resource_id": resource["id"]})
            note["recipients"].append(recipient)
        for label in labels or ():
            session.create("NoteLabelLink", {"label_id": label["id"], "note_id": note["id"]})
        return note
