"""Thumbnails: exact for palettes, kept once made, and refused for what cannot or must not be decoded."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.server.media.conftest import ON_DISK

from ftrack_server.media.thumbnails import MOST_PIXELS

if TYPE_CHECKING:
    from tests.server.media.conftest import Client


def written(image: Image.Image, kind: str) -> bytes:
    data = io.BytesIO()
    image.save(data, format=kind)
    return data.getvalue()


def shown(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def bomb() -> bytes:
    """A PNG of a few bytes that says it is larger than anybody wants to decode."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    side = int(MOST_PIXELS**0.5) + 10
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode", "answer"),
    [
        ("PNG", "RGB", "PNG"),
        ("PNG", "RGBA", "PNG"),
        ("PNG", "I;16", "PNG"),
        ("JPEG", "RGB", "JPEG"),
        ("JPEG", "CMYK", "JPEG"),
        ("GIF", "P", "GIF"),
        ("WEBP", "RGB", "WEBP"),
        ("TIFF", "RGB", "PNG"),
        ("BMP", "RGB", "PNG"),
    ],
)
def test_a_picture_is_fitted_into_the_square(client: Client, kind: str, mode: str, answer: str) -> None:
    client.upload("c", written(Image.new(mode, (640, 480)), kind), f"a.{kind.lower()}")

    got = client.get("c", "thumbnail", size=100)

    assert (got.status_code, shown(got.content).format, shown(got.content).size) == (200, answer, (100, 75)), got.text


def test_a_palette_is_reduced_as_clients_expect_to_the_byte(client: Client) -> None:
    source = Image.linear_gradient("L").resize((768, 576)).convert("RGB").quantize(16)
    client.upload("c", written(source, "PNG"), "a.png")

    got = client.get("c", "thumbnail", size=10).content

    expected = (
        source.convert("RGB").resize((10, 8), Image.Resampling.LANCZOS).convert("P", palette=Image.Palette.ADAPTIVE)
    )
    colours = expected.getpalette() or []
    expected.putpalette(colours + [0] * (768 - len(colours)))
    assert got == written(expected, "PNG")


def test_without_a_size_it_is_300_and_small_pictures_stay(client: Client) -> None:
    client.upload("large", written(Image.new("RGB", (900, 600)), "PNG"), "a.png")
    client.upload("small", written(Image.new("RGB", (20, 10)), "PNG"), "a.png")

    assert shown(client.get("large", "thumbnail").content).size == (300, 200)
    assert shown(client.get("small", "thumbnail").content).size == (20, 10)


def test_one_is_made_once_and_anew_for_another_file(client: Client) -> None:
    client.upload("c", written(Image.new("RGB", (90, 60), "red"), "PNG"), "a.png")
    first = client.get("c", "thumbnail", size=30)
    (kept,) = client.folder.glob("thumbnails/*/*")
    kept.write_bytes(b"kept")
    assert client.get("c", "thumbnail", size=30).content == b"kept"
    assert client.get("c", "thumbnail", {"If-None-Match": first.headers["etag"]}, size=30).status_code == 304

    client.upload("c", written(Image.new("RGB", (90, 60), "blue"), "PNG"), "a.png")

    assert shown(client.get("c", "thumbnail", size=30).content).getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg onload='alert(1)'/>", "not a picture"),
        (written(Image.effect_noise((64, 64), 50), "PNG")[:900], "broken"),
        (bomb(), "pixels"),
        (b"", "not a picture"),
    ],
    ids=["mislabelled", "truncated", "bomb", "empty"],
)
def test_what_is_no_picture_is_refused_in_words(client: Client, data: bytes, reason: str) -> None:
    client.upload("c", data, "a.png")

    got = client.get("c", "thumbnail")

    assert (got.status_code, reason in got.json()["content"]) == (422, True), got.text


@pytest.mark.parametrize("size", ["0", "-1", "4097", "x", "9" * 30])
def test_sizes_that_make_no_sense_are_refused(client: Client, size: str) -> None:
    assert client.get("c", "thumbnail", size=size).status_code == 400


def test_there_is_a_picture_for_where_there_is_none(client: Client) -> None:
    got = client.http.get(f"{client.server.url}/img/thumbnail2.png", timeout=60)

    assert (got.status_code, shown(got.content).format) == (200, "PNG")


def test_a_link_opens_one_thing_until_its_time_is_over(client: Client) -> None:
    client.upload("c", written(Image.new("RGB", (90, 60)), "PNG"), "a.png")
    client.call(client.component("c"), client.location("c"))
    expression = 'select url from ComponentLocation where component_id is "c"'
    link = client.call({"action": "query", "expression": expression})[0]["data"][0]["url"]["url"]

    assert client.http.get(link, timeout=60).status_code == 200
    assert client.server.api_key not in link
    for altered in (
        link.replace("id=c", "id=d"),
        link.replace("get?", "thumbnail?"),
        link.replace("expires=1", "expires=2"),
    ):
        assert client.http.get(altered, timeout=60).status_code == 403
    assert client.http.get(f"{client.server.url}/component/get?id=c", timeout=60).status_code == 401


@ON_DISK
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-0", 206, slice(0, 1)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-3", 206, slice(-3, None)),
        ("bytes=-99", 206, slice(None)),
        ("bytes=2-99", 206, slice(2, None)),
        ("bytes=10-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        ("bytes=3-2", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
    ],
)
def test_ranges_are_answered_as_http_says(client: Client, asked: str, status: int, part: slice) -> None:
    data = b"0123456789"
    client.upload("c", data)

    got = client.get("c", headers={"Range": asked})

    assert (got.status_code, got.content) == (status, data[part])
    stale = client.get("c", headers={"Range": asked, "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, data)
