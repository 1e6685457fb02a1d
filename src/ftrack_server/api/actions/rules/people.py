"""Users and groups, their roles and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.api.actions.circles import refuse_circles
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.rules.thumbnail import check_thumbnails

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

DEFAULT_USER_TYPE = "ac9fa5aa-4361-11e0-b7cc-0019bb4983d8"
DEFAULT_ROLE = "User"
USER_DEFAULTS: Mapping[str, Any] = {
    "first_name": "first",
    "last_name": "last",
    "is_active": False,
    "is_otp_enabled": False,
    "is_totp_enabled": False,
    "require_details_update": False,
}


class ResourceRules(TableRules):
    """Rules of users, collaborators and groups (data_model: 8.2)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Give users what a new account has, and groups their flag."""
        for draft in drafts:
            if draft["resource_type"] == "group" and draft["local"] is None:
                draft.values["local"] = True
        users = [draft for draft in drafts if draft["resource_type"] == "user"]
        if users:
            _fill_users(work, users)

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse thumbnails that are no pictures, and groups below themselves."""
        refuse_circles(work, "resource", "parent_id", [draft for draft in drafts if draft["resource_type"] == "group"])
        check_thumbnails(work, [draft for draft in drafts if draft["resource_type"] != "group"])


class ServerOnly(TableRules):
    """Rules of rows that clients read and never write."""

    refused = frozenset({"create", "update", "delete"})


class RoleRules(ServerOnly):
    """Rules of roles held by users, which have actions of their own (protocol: 2.13)."""

    instead = (
        "Use the actions add_, update_ and remove_user_security_role, grant_ and revoke_user_security_role_project."
    )


class ApiKeyRules(TableRules):
    """Rules of API keys: a secret is shown once, by whoever makes the key."""

    refused = frozenset({"create", "update"})
    instead = 'Use the action reset_remote with the reset type "api_key", or ftrack-server key create.'


def _fill_users(work: Work, users: Sequence[Draft]) -> None:
    work.load_ids("user_type", [DEFAULT_USER_TYPE])
    user_type = None if work.view("user_type", DEFAULT_USER_TYPE) is None else DEFAULT_USER_TYPE
    taken = _name(work, [draft for draft in users if draft["username"] is None])
    roles = work.select("security_role", name=[DEFAULT_ROLE])
    for draft in users:
        for name, value in {**USER_DEFAULTS, **taken.get(draft.key[0], {}), "user_type_id": user_type}.items():
            if draft[name] is None:
                draft.values[name] = value
        if roles:
            role = {"user_id": draft.key[0], "security_role_id": roles[0]["id"], "is_all_open_projects": True}
            work.create("UserSecurityRole", role, draft.index)


def _name(work: Work, nameless: Sequence[Draft]) -> dict[Any, dict[str, str]]:
    """Return a free user name for each user: what stands before the @ of the address, else the id."""
    wanted = {draft.key[0]: (draft["email"] or "").partition("@")[0] or draft.key[0] for draft in nameless}
    taken = {row["username"] for row in work.select("resource", username=wanted.values())}
    names = {}
    for id_, name in wanted.items():
        names[id_] = {"username": id_ if name in taken else name}
        taken.add(name)
    return names
