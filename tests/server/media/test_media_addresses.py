"""Addresses of files: those of older clients, and what browsers of other hosts may do with each."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.server.media.conftest import ON_DISK, md5

from ftrack_server.media.signing import Signer, site_secret

if TYPE_CHECKING:
    from tests.server.media.conftest import Client

DATA = b"a scene, for example"
ORIGIN = "https://panel.example"


def test_older_clients_ask_by_an_address_where_to_send_a_file(client: Client) -> None:
    client.call(client.component("c", name="scene", file_type=".ma"))
    told = client.get("c", "getPutMetadata", fileSize=len(DATA), checksum=md5(DATA)).json()

    assert told.keys() == {"url", "headers"}
    assert client.server.api_key not in told["url"]
    assert told["headers"]["Content-MD5"] == md5(DATA)
    assert client.put(told["url"], DATA, told["headers"]).status_code == 200
    assert client.get("c").content == DATA
    assert 'filename="scene.ma"' in client.get("c").headers["content-disposition"]


@pytest.mark.parametrize(
    ("component_id", "asked", "status", "reason"),
    [
        ("c", {"fileSize": "many"}, 400, "fileSize is a number of bytes"),
        ("c", {"fileSize": 1, "checksum": "abc"}, 422, "MD5 in base64"),
        ("missing", {"fileSize": 1}, 422, "does not exist yet"),
        ("", {"fileSize": 1}, 422, "component_id"),
        ("c", {"apiKey": "wrong", "fileSize": 1}, 401, ""),
    ],
)
def test_what_they_ask_wrongly_is_told(
    client: Client, component_id: str, asked: dict[str, Any], status: int, reason: str
) -> None:
    client.call(client.component("c"))

    answer = client.get(component_id, "getPutMetadata", **asked)

    assert (answer.status_code, reason in answer.json()["content"]) == (status, True), answer.text


@ON_DISK
def test_browsers_of_other_hosts_may_use_every_address(client: Client) -> None:
    image = io.BytesIO()
    Image.new("RGB", (30, 20)).save(image, format="PNG")
    told = client.announce("c", file_name="a.png", file_size=len(image.getvalue()))
    origin = {"Origin": ORIGIN}
    answers = [
        client.put(told["url"], image.getvalue(), {**told["headers"], **origin}),
        client.get("c", headers=origin),
        client.get("c", headers={**origin, "Range": "bytes=1-2"}),
        client.get("c", "thumbnail", headers=origin),
        client.http.get(f"{client.server.url}/img/thumbnail2.png", headers=origin, timeout=60),
        client.get("missing", headers=origin),
        client.get("c", "remove", headers=origin),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 206, 200, 200, 404, 200]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answers[0].headers["etag"] == answers[1].headers["etag"] == answers[2].headers["etag"]
    assert answers[3].headers["etag"]


@ON_DISK
def test_a_browser_may_ask_whether_it_may_send(client: Client) -> None:
    told = client.announce("c", file_name="a.png", file_size=3, parts=2)
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-md5"}

    answer = client.http.options(told["urls"][0]["signed_url"], headers=asked, timeout=60)

    assert answer.status_code == 200
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "content-md5" in answer.headers["access-control-allow-headers"]


@ON_DISK
def test_an_address_whose_time_is_over_opens_nothing_and_a_fresh_one_goes_on(client: Client) -> None:
    told = client.announce("c", file_name="a.bin", file_size=len(DATA))
    late = Signer(site_secret(client.server.database), lambda: time.time() - 10 * 24 * 3600)
    asked = dict(item.split("=", 1) for item in told["url"].partition("?")[2].split("&"))
    query = late.query("PUT", "/component/put", {"upload": asked["upload"], "part": "0", "size": asked["size"]}, 60)

    answer = client.put(f"{client.server.url}/component/put?{query}", DATA)

    assert (answer.status_code, "time of the address is over" in answer.text) == (403, True)
    assert client.get("c").status_code == 404
    assert client.upload("c", DATA).status_code == 200
    assert client.get("c").content == DATA
