"""What an administrator does with a database directly: people, their roles, and API keys."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from ftrack_protocol.actions import Create, GrantUserSecurityRoleProject, RemoveUserSecurityRole, Update
from ftrack_server.api.actions.people import grant_user_security_role_project, remove_user_security_role
from ftrack_server.api.actions.segment import run_segment
from ftrack_server.api.actions.work import Work
from ftrack_server.api.context import RequestContext
from ftrack_server.api.edition import Editions
from ftrack_server.api.options import CallOptions
from ftrack_server.api.rows import Rows
from ftrack_server.app import make_services
from ftrack_server.auth.keys import Actor, make_key
from ftrack_server.auth.roles import everything
from ftrack_server.clock import SystemClock
from ftrack_server.errors import NotFoundError, near_match
from ftrack_server.model.load import load_model
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ftrack_server.storage.engine import Database


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key that was just made; the secret is not to be had again."""

    id: str
    username: str
    secret: str

    def __repr__(self) -> str:
        return f"NewKey(id={self.id!r}, username={self.username!r}, secret=<hidden>)"


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """What may be told of an API key. ``username`` is empty for a global key."""

    id: str
    prefix: str
    username: str
    label: str


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A role: its name, the rights it gives, and the login names of those who hold it."""

    name: str
    rights: tuple[str, ...]
    holders: tuple[str, ...]


def first_username(database: Database) -> str:
    """Return the user with whom the database started."""
    with database.read() as connection:
        state = Rows(database, connection).fetch("server_state", [("first_user",)])
    return str(state["first_user",]["value"])


def users(database: Database) -> list[Mapping[str, Any]]:
    """Return all users by name: rows with ``username``, ``first_name``, ``last_name``, ``email``, ``is_active``."""
    with database.read() as connection:
        found = Rows(database, connection).select("resource", {"resource_type": ["user"]})
    return sorted(found, key=lambda row: str(row["username"]).lower())


def add_user(database: Database, username: str, details: Mapping[str, Any]) -> str:
    """Add an active user with the rules of the API, and return their id.

    Args:
        database: An open database.
        username: Login name, not taken yet.
        details: Further attributes of User; those that are None count as not given.

    Raises:
        DuplicateEntryError: If the name is taken.
    """
    given = {name: value for name, value in details.items() if value is not None}
    reply = _carry_out(database, Create("User", {"is_active": True, **given, "username": username}))
    return str(reply["data"]["id"])


def deactivate_user(database: Database, username: str) -> None:
    """Let a user not call the server any more; what they made stays.

    Raises:
        NotFoundError: If there is no such user.
    """
    user = _user(database, username)
    _carry_out(database, Update("User", (user["id"],), {"is_active": False}))


def roles(database: Database) -> list[RoleInfo]:
    """Return all roles by name, with what they allow and who holds them."""
    with database.read() as connection:
        rows = Rows(database, connection)
        named = rows.select("security_role", {})
        allowed = rows.select("role_permission", {})
        held = rows.select("user_security_role", {})
        people = rows.fetch("resource", {(row["user_id"],) for row in held})
    return [
        RoleInfo(
            row["name"],
            tuple(item["permission"] for item in allowed if item["role_id"] == row["id"]),
            tuple(
                sorted(people[item["user_id"],]["username"] for item in held if item["security_role_id"] == row["id"])
            ),
        )
        for row in sorted(named, key=lambda row: str(row["name"]))
    ]


def grant_role(database: Database, username: str, role: str, project: str | None) -> None:
    """Give somebody a role, with the rules of the API.

    Args:
        database: An open database.
        username: To whom.
        role: Name of the role.
        project: Name of the project that it extends to; None for all that are open.

    Raises:
        NotFoundError: If there is no such user, role or project.
    """
    user, role_id = _user(database, username)["id"], _role(database, role)
    project_id = None if project is None else _project(database, project)
    action = GrantUserSecurityRoleProject(user, role_id, project_id, all_open_projects=project is None)
    with _acting(database) as context:
        grant_user_security_role_project(context, action)


def revoke_role(database: Database, username: str, role: str) -> None:
    """Take a role from somebody, wherever it extended to.

    Raises:
        NotFoundError: If there is no such user or role, or they do not hold it.
    """
    action = RemoveUserSecurityRole(_user(database, username)["id"], _role(database, role))
    with _acting(database) as context:
        try:
            remove_user_security_role(context, action)
        except NotFoundError as error:
            raise NotFoundError(f'{username} does not hold the role "{role}".') from error


def keys(database: Database) -> list[KeyInfo]:
    """Return all API keys by user name, global ones first."""
    with database.read() as connection:
        rows = Rows(database, connection)
        listed = rows.select("api_key", {})
        owners = rows.fetch("resource", {(row["resource_id"],) for row in listed if row["resource_id"]})
    found = [
        KeyInfo(
            row["id"],
            row["prefix"] or "",
            owners[row["resource_id"],]["username"] if row["resource_id"] else "",
            row["identifier"] or "",
        )
        for row in listed
    ]
    return sorted(found, key=lambda key: (key.username.lower(), key.label, key.id))


def create_first_key(database: Database, label: str) -> NewKey | None:
    """Make a key for the user with whom the database started, unless somebody has a key already.

    Of several servers that start on a new database, one makes it.
    """
    with database.read() as connection:
        if Rows(database, connection).keys("api_key", {}):
            return None
    username = first_username(database)
    secret, row = make_key(SystemClock().new_id(), _user(database, username)["id"], label)
    with database.write() as connection:
        rows = Rows(database, connection)
        if rows.keys("api_key", {}):
            return None
        rows.insert("api_key", [row])
    return NewKey(row["id"], username, secret)


def create_key(database: Database, username: str | None, label: str) -> NewKey:
    """Make an API key.

    Args:
        database: An open database.
        username: Whose key it is to be; None makes a global key, which works together with any user name.
        label: What people are to call it.

    Raises:
        NotFoundError: If there is no such user.
    """
    owner = None if username is None else _user(database, username)["id"]
    secret, row = make_key(SystemClock().new_id(), owner, label)
    with database.write() as connection:
        Rows(database, connection).insert("api_key", [row])
    return NewKey(row["id"], username or "", secret)


def revoke_key(database: Database, name: str) -> KeyInfo:
    """Remove an API key.

    Args:
        database: An open database.
        name: Its id, or its prefix where no other key starts alike.

    Raises:
        NotFoundError: If no key, or more than one, is called so.
    """
    found = [key for key in keys(database) if name in {key.id, key.prefix}]
    if len(found) != 1:
        amount = "no API key" if not found else f"{len(found)} API keys"
        raise NotFoundError(f'There is {amount} with the id or prefix "{name}"; `ftrack-server key list` shows them.')
    with database.write() as connection:
        Rows(database, connection).delete("api_key", [(found[0].id,)])
    return found[0]


def _user(database: Database, username: str) -> Mapping[str, Any]:
    everyone = {str(row["username"]): row for row in users(database)}
    if username not in everyone:
        near = get_close_matches(username, everyone, n=1)
        hint = f' Did you mean "{near[0]}"?' if near else " `ftrack-server user list` shows them all."
        raise NotFoundError(f'There is no user "{username}".{hint}')
    return everyone[username]


def _role(database: Database, name: str) -> str:
    """Return the id of a role."""
    with database.read() as connection:
        known = {str(row["name"]): str(row["id"]) for row in Rows(database, connection).select("security_role", {})}
    if name not in known:
        hint = near_match(name, known) or f" There are {', '.join(sorted(known))}."
        raise NotFoundError(f'There is no role "{name}".{hint}')
    return known[name]


def _project(database: Database, name: str) -> str:
    """Return the id of a project."""
    with database.read() as connection:
        rows = Rows(database, connection)
        found = rows.select("context", {"name": [name], "context_type": ["show"]}, ["name"])
        if not found:
            known = (str(row["name"]) for row in rows.select("context", {"context_type": ["show"]}, ["name"]))
            raise NotFoundError(f'There is no project "{name}".{near_match(name, known)}')
    return str(found[0]["id"])


def _carry_out(database: Database, action: Create | Update) -> Any:
    """Run one create or update as the first user, by the rules that hold for everybody."""
    with _acting(database) as context:
        return run_segment(Work(context), [(0, action)])[0]


@contextlib.contextmanager
def _acting(database: Database) -> Iterator[RequestContext]:
    """Yield what an action needs to run as the first user, who may do everything here; it is stored at the end."""
    first = _user(database, first_username(database))
    actor = Actor(first["id"], first["username"], "", is_global=True, access=everything(first["id"]))
    edition = Editions(database, load_model()).current
    clock = SystemClock()
    with database.write() as connection:
        rows = Rows(database, connection)
        yield RequestContext(
            actor, CallOptions(), edition, connection, rows, clock, clock.now(), "", make_services(Settings(), database)
        )
