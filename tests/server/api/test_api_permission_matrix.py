"""Every role tries every write on every entity type: what its rights allow passes, all else names the missing right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.api.families import FAMILIES, OWN, SITE, Samples

from ftrack_server import errors
from ftrack_server.administration import create_key
from ftrack_server.api.options import CallOptions, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RIGHTS = {
    "Administrator": {"site", "projects", "contribute"},
    "API": {"site", "projects", "contribute"},
    "Project Manager": {"projects", "contribute"},
    "User": {"contribute"},
    "nobody": set(),
}

OF_THE_SERVER = {"StatusChange", "Event", "Feed", "UserSession", "CustomAttributeType", "ApiKey", "UserSecurityRole"}
OF_THE_SERVER |= {"UserSecurityRoleProject", "TypedContextStatusChange", "AssetVersionStatusChange"}
THROUGH_OTHERS = {
    "Resource",
    "BaseUser",
    "Context",
    "TypedContext",
    "List",
    "CustomConfigurationBase",
    "StatusRuleGroup",
}


class Production(Samples):
    """A site with two rows of each family, and people with each role.

    Attributes:
        people: Role to the user and key of somebody who holds it.
    """

    def __init__(self, api: Any) -> None:
        super().__init__(api)
        self.people = {role: self._person(role) for role in RIGHTS}

    def _person(self, role: str) -> tuple[str, str, str]:
        api, name = self.api, role.lower().replace(" ", "")
        api(api.create("User", id=name, username=name, is_active=True))
        default = api.named("security_role", "User")
        if role == "nobody":
            api({"action": "remove_user_security_role", "user_id": name, "role_id": default})
        elif role != "User":
            target = api.named("security_role", role)
            change = {"action": "update_user_security_role", "user_id": name, "role_id": default}
            api({**change, "new_role_id": target})
        return name, name, create_key(api.database, name, "tests").secret

    def try_as(self, role: str, operation: dict[str, Any]) -> errors.ServerError | None:
        """Return why a write is refused, None when it would be done; nothing of it stays."""
        _, username, secret = self.people[role]
        body = json.dumps([operation, {"action": "query", "expression": "Nothing"}]).encode()
        with pytest.raises(errors.ServerError) as raised:
            self.api.dispatcher.run(body, Credentials(username, secret), CallOptions(), "http://server")
        return None if isinstance(raised.value, errors.UnknownEntityTypeError) else raised.value


@pytest.fixture(scope="module")
def production(new_api: Callable[..., Any]) -> Iterator[Production]:
    with new_api() as api:
        yield Production(api)


def test_every_entity_type_is_in_the_matrix(production: Production) -> None:
    known = {kind for kind, _, _, _ in FAMILIES} | OF_THE_SERVER | THROUGH_OTHERS
    model = production.api.editions.current.model

    same_rows = {
        name for name in model.types if name.endswith(("CustomAttributeValue", "CustomAttributeLink", "LinkFrom"))
    }
    assert {name for name in set(model.types) - known - same_rows if not name.startswith("Slate")} == set()


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0])
def test_a_role_does_what_its_rights_allow(production: Production, role: str, family: Any) -> None:
    kind, data, changes, rights = family
    api = production.api
    caller = production.people[role][0]
    key = production.samples[kind]
    attempts = [
        (
            "create",
            api.create(kind, **production.filled(data, caller, production.others, production.samples)),
            rights[0],
        )
    ]
    if changes:
        attempts.append(
            (
                "update",
                api.update(kind, key, **production.filled(changes, caller, production.others, production.samples)),
                rights[1],
            )
        )
    attempts.append(("delete", api.delete(kind, key), rights[2]))

    for verb, operation, right in attempts:
        # The samples are the administrator's: whoever else writes what people keep for themselves needs more.
        needed = "projects" if rights is OWN and verb != "create" and kind != "Note" else right
        needed = "projects" if kind == "Note" and verb == "delete" else needed
        refusal = production.try_as(role, operation)
        if needed in RIGHTS[role]:
            assert refusal is None or type(refusal) is errors.IntegrityError, (verb, refusal)
        else:
            assert isinstance(refusal, errors.PermissionDeniedError), (verb, refusal)
            assert f'"{needed}"' in refusal.message, (verb, refusal.message)
            assert refusal.operation_index == 0


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("kind", sorted(OF_THE_SERVER))
def test_nobody_makes_rows_of_the_server(production: Production, role: str, kind: str) -> None:
    refusal = production.try_as(role, production.api.create(kind, id="x"))

    assert isinstance(refusal, errors.PermissionDeniedError)
    assert "server" in refusal.message


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize(
    ("action", "right"),
    [
        ("reset_remote", "site"),
        ("add_user_security_role", "site"),
        ("remove_user_security_role", "site"),
        ("update_user_security_role", "site"),
        ("grant_user_security_role_project", "site"),
        ("revoke_user_security_role_project", "site"),
        ("send_user_invite", "site"),
        ("delayed_job", "site"),
        ("send_review_session_invite", "contribute"),
    ],
)
def test_a_role_uses_the_actions_its_rights_allow(production: Production, role: str, action: str, right: str) -> None:
    samples = production.samples
    everything = {
        "action": action,
        "user_id": "nobody",
        "role_id": production.api.named("security_role", "User"),
        "new_role_id": production.api.named("security_role", "API"),
        "project_id": samples["Project"][0],
        "reset_type": "api_key",
        "entity_type": "User",
        "entity_key": "nobody-else",
        "job_type": "SYNC_USERS_LDAP",
        "review_session_invitee_id": samples["ReviewSessionInvitee"][0],
    }

    refusal = production.try_as(role, everything)

    if right in RIGHTS[role]:
        assert not isinstance(refusal, errors.PermissionDeniedError), refusal
    else:
        assert isinstance(refusal, errors.PermissionDeniedError)
        assert action in refusal.message
        assert f'"{right}"' in refusal.message


# Families whose rows belong to no project, so that everybody sees them.
SEEN_BY_ALL = {kind for kind, _, _, rights in FAMILIES if rights is SITE} | {"Location", "Scope"}
# What belongs to people, wherever they work.
OF_PEOPLE = {"Job", "JobComponent", "Dashboard", "DashboardWidget", "DashboardResource", "UserView"}


@pytest.fixture(scope="module")
def hidden(new_api: Callable[..., Any]) -> Iterator[Production]:
    """The same site with all its projects private."""
    with new_api() as api:
        production = Production(api)
        api(
            *(
                api.update("Project", rows["Project"], is_private=True)
                for rows in (production.samples, production.others)
            )
        )
        yield production


@pytest.mark.parametrize("role", ["Administrator", "Project Manager", "User", "nobody"])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0])
def test_of_a_private_project_nobody_sees_more_than_the_site(hidden: Production, role: str, family: Any) -> None:
    kind = family[0]
    names = hidden.api.editions.current.model.type(kind).key
    wanted = " and ".join(f'{name} is "{part}"' for name, part in zip(names, hidden.samples[kind], strict=True))
    body = json.dumps([{"action": "query", "expression": f"{kind} where {wanted}"}]).encode()
    _, username, secret = hidden.people[role]

    [reply] = hidden.api.dispatcher.run(body, Credentials(username, secret), CallOptions(), "http://server")

    if role == "Administrator":
        assert len(reply["data"]) == 1
    elif kind == "UserApplicationState":
        assert reply["data"] == []
    else:
        assert len(reply["data"]) == (1 if kind in SEEN_BY_ALL | OF_PEOPLE else 0)
