"""Rows that last from one moment to another: what is left out, and that the end does not come before the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work


@dataclass(frozen=True)
class SpanRules(TableRules):
    """Rules of rows with a start and an end.

    Attributes:
        start: Column of the first moment.
        end: Column of the last one.
        is_filled: Whether now stands for a moment that was not sent.
        is_ordered: Whether an end before the start is refused. Clients shut a review by an end in the past, and set the
            two dates of tasks and projects one by one, so those are kept as they come (docs/compatibility.md).
    """

    start: str
    end: str
    is_filled: bool = True
    is_ordered: bool = True

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Let what starts later end when it starts, and what has ended start when it ended."""
        if not self.is_filled:
            return
        for draft in drafts:
            if draft[self.start] is None:
                draft.values[self.start] = min(work.context.now, draft[self.end] or work.context.now)
            if draft[self.end] is None:
                draft.values[self.end] = max(work.context.now, draft[self.start])

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse an end before the start."""
        del work
        for draft in drafts if self.is_ordered else ():
            first, last = draft[self.start], draft[self.end]
            if (draft.changes(self.start) or draft.changes(self.end)) and None not in {first, last} and last < first:
                with failing_at(draft.index):
                    raise errors.ValidationError(
                        f"{draft.definition.id}.{self.end} cannot be before {self.start}. "
                        f"Got {last.isoformat()} and {first.isoformat()}."
                    )
