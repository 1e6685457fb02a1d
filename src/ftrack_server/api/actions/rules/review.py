"""Review sessions: the order of what is shown, and who is invited."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ftrack_server.api.actions.rules.base import TableRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work


class ReviewSessionObjectRules(TableRules):
    """Rules of versions in a session (data_model: 8.2)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Put new ones behind the last one of their session."""
        open_ones = [draft for draft in drafts if draft["sort_order"] is None]
        last: dict[Any, float] = defaultdict(float)
        sessions = {draft["review_session_id"] for draft in open_ones}
        for row in work.select("review_session_object", review_session_id=sessions):
            last[row["review_session_id"]] = max(last[row["review_session_id"]], row["sort_order"] or 0)
        for draft in open_ones:
            last[draft["review_session_id"]] += 1
            draft.values["sort_order"] = last[draft["review_session_id"]]


class ReviewSessionInviteeRules(TableRules):
    """Rules of invitations (data_model: 8.2)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Find the person behind the address, or make a collaborator of them."""
        open_ones = [draft for draft in drafts if draft["resource_id"] is None and draft["email"]]
        known = {row["email"]: row["id"] for row in work.select("resource", email=[d["email"] for d in open_ones])}
        for draft in open_ones:
            if draft["email"] not in known:
                first, _, last = (draft["name"] or "").partition(" ")
                person = {"email": draft["email"], "first_name": first, "last_name": last}
                known[draft["email"]] = work.create("Collaborator", person, draft.index).key[0]
            draft.values["resource_id"] = known[draft["email"]]
