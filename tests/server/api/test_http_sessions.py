"""Session cookies over real HTTP: optional, revocable, of no use to other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.administration import create_key
from ftrack_server.auth import sessions
from ftrack_server.auth.keys import Authenticator, hashed
from ftrack_server.errors import InvalidCredentialsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer

QUERY = [{"action": "query", "expression": "select username from User"}]


@pytest.fixture(scope="module")
def server(run_server: Any) -> Iterator[RunningServer]:
    with run_server() as running:
        yield running


def signed_in(server: RunningServer, **headers: str) -> dict[str, str]:
    return {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key, **headers}


def cookie_of(server: RunningServer) -> str:
    response = requests.post(f"{server.url}/api", json=[], headers=signed_in(server), timeout=30)
    return response.headers["set-cookie"].partition(";")[0]


def post(server: RunningServer, body: Any = QUERY, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.post(f"{server.url}/api", json=body, headers=named, timeout=30)


def test_credentials_are_needed_on_the_first_request_only(server: RunningServer) -> None:
    with requests.Session() as browser:
        first = browser.post(f"{server.url}/api", json=QUERY, headers=signed_in(server), timeout=30)
        second = browser.post(f"{server.url}/api", json=QUERY, timeout=30)

    assert second.json() == first.json()
    assert isinstance(second.json(), list)
    assert "set-cookie" not in second.headers


def test_no_script_reads_the_cookie_and_no_other_site_sends_it(server: RunningServer) -> None:
    header = requests.post(f"{server.url}/api", json=[], headers=signed_in(server), timeout=30).headers["set-cookie"]

    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"} <= {part.strip() for part in header.split(";")}
    assert server.api_key not in header
    assert "Secure" in sessions.set_cookie("x", secure=True)


def test_a_page_of_another_origin_has_no_use_of_the_cookie(server: RunningServer) -> None:
    cookie = cookie_of(server)

    assert (
        post(server, cookie=cookie, origin="https://elsewhere.invalid").json()["exception"] == "InvalidCredentialsError"
    )
    assert isinstance(post(server, cookie=cookie, origin=server.url).json(), list)


@pytest.mark.parametrize("damage", ["", "x", "ftrack_session=", "ftrack_session=e30.x", "ftrack_session=!!!!.x"])
def test_a_cookie_that_is_none_of_ours_is_refused(server: RunningServer, damage: str) -> None:
    response = post(server, cookie=damage, ftrack_strict_api="true")

    assert response.status_code == 401
    assert response.json()["error_code"] == "api_credentials_invalid"


def test_a_cookie_that_was_tampered_with_is_refused(server: RunningServer) -> None:
    cookie = cookie_of(server)
    claim = sessions.read_claim(cookie.partition("=")[2])
    assert claim is not None
    forged = sessions.Claim(claim.key_id, claim.user_id, claim.until + 1).signed("guess")

    assert post(server, cookie=f"ftrack_session={forged}").json()["exception"] == "InvalidCredentialsError"
    assert post(server, cookie=cookie + "0").json()["exception"] == "InvalidCredentialsError"


def test_headers_win_over_the_cookie(server: RunningServer) -> None:
    cookie = cookie_of(server)

    wrong = post(server, cookie=cookie, ftrack_user=server.api_user, ftrack_api_key="wrong")

    assert wrong.json()["exception"] == "InvalidCredentialsError"


def test_a_revoked_key_takes_its_sessions_along(server: RunningServer) -> None:
    user = requests.post(
        f"{server.url}/api",
        json=[{"action": "create", "entity_type": "User", "entity_data": {"username": "kim", "is_active": True}}],
        headers=signed_in(server),
        timeout=30,
    ).json()[0]["data"]
    key = create_key(server.database, "kim", "tests").secret
    headers = {"ftrack-user": "kim", "ftrack-api-key": key}
    cookie = requests.post(f"{server.url}/api", json=[], headers=headers, timeout=30).headers["set-cookie"]
    cookie = cookie.partition(";")[0]
    assert isinstance(post(server, cookie=cookie).json(), list)

    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": user["id"]}
    assert isinstance(post(server, [reset], cookie=cookie).json(), list)

    assert post(server, cookie=cookie).json()["exception"] == "InvalidCredentialsError"


def test_a_batch_that_resets_its_own_key_is_answered(server: RunningServer) -> None:
    post(
        server,
        [
            {
                "action": "create",
                "entity_type": "User",
                "entity_data": {"username": "lee", "is_active": True, "id": "lee"},
            }
        ],
        **{name.replace("-", "_"): value for name, value in signed_in(server).items()},
    )
    key = create_key(server.database, "lee", "tests").secret
    reset = {"action": "reset_remote", "reset_type": "api_key", "entity_type": "User", "entity_key": "lee"}

    [reply] = post(server, [reset], ftrack_user="lee", ftrack_api_key=key).json()

    assert reply["data"]["api_key"]


def test_a_session_ends_after_a_day(server: RunningServer) -> None:
    now = [1_000_000.0]
    monotonic = [0.0]
    authenticator = Authenticator(server.database, monotonic=lambda: monotonic[0], wall=lambda: now[0])
    actor = authenticator.verify(server.api_user, server.api_key)
    cookie = authenticator.session(actor, server.api_key)

    now[0] += sessions.VALID_SECONDS - 1
    assert authenticator.resume(cookie) == actor
    now[0] += 1
    with pytest.raises(InvalidCredentialsError, match="has ended"):
        authenticator.resume(cookie)


def test_the_signature_needs_the_hash_that_only_the_server_has() -> None:
    claim = sessions.Claim("key", "user", 5)

    value = claim.signed(hashed("secret"))

    assert sessions.read_claim(value) == claim
    assert sessions.is_signed(value, hashed("secret"))
    assert not sessions.is_signed(value, "secret")
