"""Files in a bucket that checks signatures and lets browsers in by rules: what clients are given is all they need."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from PIL import Image
from tests.integration.checking_store import CheckingStore
from tests.integration.conftest import new_bucket

import ftrack_api
from ftrack_api.accessor._upload import MEGABYTE
from ftrack_api.symbol import SERVER_LOCATION_ID
from ftrack_server.testing import running_server

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "media.md"
PAGE = "https://review.studio.example"
WORDS = b"words"
# What a session sends with every request of its own, and a bucket has no business with or refuses.
ODD_HEADERS = {"Authorization": "Bearer of-the-proxy", "x-amz-meta-note": "mine", "X-Studio": "north"}
COOKIES = {"ticket": "of-the-gateway"}


@pytest.fixture(scope="module")
def store(bucket_endpoint):
    store = CheckingStore(bucket_endpoint)
    yield store
    store.close()


@pytest.fixture(scope="module")
def settings(request):
    return new_bucket(request)


@pytest.fixture(scope="module")
def server(settings, store, tmp_path_factory):
    place = {**settings, "s3_endpoint": store.url, "s3_prefix": "site/"}
    with running_server(seed="demo", files_path=str(tmp_path_factory.mktemp("files")), **place) as server:
        yield server


@pytest.fixture
def place(server, tmp_path, monkeypatch):
    monkeypatch.setenv("FTRACK_API_UPLOAD_STATE_PATH", str(tmp_path / "notes"))
    key = (server.url, server.api_key, server.api_user)
    with ftrack_api.Session(
        *key, schema_cache_path=False, plugin_paths=[], headers=ODD_HEADERS, cookies=COOKIES
    ) as session:
        session.pick_location()
        yield session.get("Location", SERVER_LOCATION_ID)


@pytest.fixture
def announced(place):
    """The address and headers for an upload of some words."""
    checksum = base64.b64encode(hashlib.md5(WORDS, usedforsecurity=False).digest()).decode()
    return place.session.get_upload_metadata("c", "ä b+c.png", len(WORDS), checksum)


@pytest.mark.parametrize("size", [0, 5, 24 * MEGABYTE + 1])
def test_a_session_sends_and_fetches_what_the_bucket_lets_pass(store, place, tmp_path, size):
    (tmp_path / "ü +&%41.bin").write_bytes(b"x" * size)
    store.refused.clear()
    store.seen.clear()

    component = place.session.create_component(tmp_path / "ü +&%41.bin", {"name": "ü +&%41"}, location=place)
    data = place.accessor.open(component["id"])
    content = data.read()
    data.close()
    place.remove_component(component)

    assert (store.refused, len(content)) == ([], size)
    told = [headers for _, _, headers in store.seen]
    assert not [
        name for headers in told for name in headers if name.startswith("ftrack") or name in {"x-studio", "cookie"}
    ]
    assert not [headers for headers in told if place.session.api_key in str(headers)]
    assert not [headers for headers in told if headers.get("authorization", "").startswith("Bearer")]


def test_pictures_are_made_of_what_is_in_the_bucket(store, place, tmp_path):
    Image.new("RGB", (80, 40), "teal").save(tmp_path / "a.png")
    store.refused.clear()

    component = place.session.create_component(tmp_path / "a.png", location=place)
    small = requests.get(place.get_thumbnail_url(component, 20), timeout=60)

    assert Image.open(io.BytesIO(small.content)).size == (20, 10)
    assert store.refused == []


def test_an_address_serves_for_what_was_announced_and_nothing_else(store, announced):
    address, headers = announced["url"], announced["headers"]
    other = {**headers, "Content-MD5": base64.b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode()}
    split = urlsplit(address)
    attempts = {
        "as announced": (address, WORDS, headers),
        "other bytes": (address, b"other", headers),
        "other checksum": (address, b"other", other),
        "more bytes": (address, WORDS + WORDS, headers),
        "other type": (address, WORDS, {**headers, "Content-Type": "text/html"}),
        "no headers": (address, WORDS, {}),
        "other object": (split._replace(path=f"{split.path[:-1]}!").geturl(), WORDS, headers),
        "longer": (re.sub(r"X-Amz-Expires=\d+", "X-Amz-Expires=604800", address), WORDS, headers),
        "unsigned": (split._replace(query="").geturl(), WORDS, headers),
        "more told": (address, WORDS, {**headers, "x-amz-acl": "public-read"}),
    }

    statuses = {
        what: requests.put(url, data=data, headers=told, timeout=60).status_code
        for what, (url, data, told) in attempts.items()
    }

    assert statuses == dict.fromkeys(attempts, 403) | {"as announced": 200}


def test_no_address_has_a_key_or_outlives_a_week(server, place, announced, tmp_path):
    (tmp_path / "a.txt").write_bytes(WORDS)
    component = place.session.create_component(tmp_path / "a.txt", location=place)
    led = requests.get(place.get_url(component), timeout=60, allow_redirects=False).headers["location"]

    for address in (announced["url"], led):
        query = parse_qs(urlsplit(address).query)
        assert not {server.api_key, "confidential"} & {value for values in query.values() for value in values}
        assert 0 < int(query["X-Amz-Expires"][0]) <= 7 * 86400


def test_the_rule_of_the_guide_lets_browsers_in(settings, announced):
    import boto3

    (rules,) = re.findall(
        r"^```json\n(.*?AllowedOrigins.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    owner = boto3.client("s3", endpoint_url=settings["s3_endpoint"], region_name=settings["s3_region"])
    owner.put_bucket_cors(Bucket=settings["s3_bucket"], CORSConfiguration={"CORSRules": json.loads(rules)})
    path = urlsplit(announced["url"]).path
    names = [name for name in announced["headers"] if name.lower() != "content-length"]  # browsers set that themselves

    for origin in (PAGE, "null"):  # after a redirect from the server browsers call the page null
        for method in ("PUT", "GET"):
            asked = {
                "Origin": origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": ", ".join(names).lower(),
            }
            told = requests.options(settings["s3_endpoint"] + path, headers=asked, timeout=60)

            assert told.status_code == 200
            assert told.headers["Access-Control-Allow-Origin"] in {"*", origin}
            assert method in told.headers["Access-Control-Allow-Methods"]
            allowed = told.headers["Access-Control-Allow-Headers"].lower()
            assert [name for name in names if name.lower() not in allowed] == []
            assert "etag" in told.headers["Access-Control-Expose-Headers"].lower()
