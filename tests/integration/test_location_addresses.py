"""Addresses of files on the server, given out by a real client: they open without a key and hold none."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image
from tests.integration.conftest import BOTH_STORES

from ftrack_api import exception
from ftrack_api.symbol import SERVER_LOCATION_ID

pytestmark = BOTH_STORES


@pytest.fixture
def place(session):
    session.pick_location()
    return session.get("Location", SERVER_LOCATION_ID)


@pytest.fixture
def picture(session, place, tmp_path):
    Image.new("RGB", (80, 40), "teal").save(tmp_path / "a.png")
    return session.create_component(tmp_path / "a.png", location=place)


def test_addresses_open_without_a_key_and_hold_none(session, server, place, picture, tmp_path):
    with server.counting() as traffic:
        file, small = place.accessor.get_url(picture["id"]), place.accessor.get_thumbnail_url(picture["id"], 20)

    assert traffic.requests == 2
    for address in (file, small, place.get_url(picture), place.get_thumbnail_url(picture)):
        assert session.api_key not in address
        assert not {"username", "apiKey"} & set(parse_qs(urlsplit(address).query))
    assert requests.get(file, timeout=60).content == (tmp_path / "a.png").read_bytes()
    assert Image.open(io.BytesIO(requests.get(small, timeout=60).content)).size == (20, 10)


def test_what_is_not_on_the_server_has_no_address_rather_than_one_with_a_key(session, place, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"words")
    elsewhere = session.create_component(tmp_path / "a.txt")

    for ask in (place.accessor.get_url, place.accessor.get_thumbnail_url):
        with pytest.raises(exception.AccessorResourceNotFoundError, match=r"not in ftrack\.server"):
            ask(elsewhere["id"])


@pytest.mark.parametrize("told", [None, {}])
def test_a_server_that_signs_nothing_gets_the_known_address(session, place, picture, monkeypatch, told):
    monkeypatch.setattr(session, "_send", lambda _: [{"data": [{"url": told}]}])

    query = parse_qs(urlsplit(place.accessor.get_thumbnail_url(picture["id"], size=10)).query)

    assert query == {
        "id": [picture["id"]],
        "username": [session.api_user],
        "apiKey": [session.api_key],
        "size": ["10"],
    }
