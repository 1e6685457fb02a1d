"""What frames a text names, and what structures make of names."""

from __future__ import annotations

import pytest

from ftrack_api import exception
from ftrack_api._location.frames import parse
from ftrack_api.accessor._upload import MEGABYTE, part_size
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.structure._parts import check_part
from ftrack_api.structure.standard import StandardStructure


@pytest.mark.parametrize(
    ("text", "padding", "indexes"),
    [
        ("/p/f.%04d.ext [1-5, 7, 8, 10-20]", 4, [*range(1, 6), 7, 8, *range(10, 21)]),
        ("/p/f.%d.ext [998-1002]", 0, [998, 999, 1000, 1001, 1002]),
        ("/t/[v1].%04d.exr [1-3]", 4, [1, 2, 3]),
        ("/t/50%done.%04d.exr [1-2]", 4, [1, 2]),
        ("/t/s.####.exr [1-3]", 4, [1, 2, 3]),
        ("/t/s.@@@@.exr [-5--3]", 4, [-5, -4, -3]),
        ("/t/s.$F4.exr [1-10x3]", 4, [1, 4, 7, 10]),
        ("/t/s.<UDIM>.exr [1001, 1002]", 4, [1001, 1002]),
    ],
)
def test_a_text_names_frames(text, padding, indexes):
    found = parse(text)

    assert found is not None
    assert (found.padding, list(found.indexes)) == (padding, indexes)


@pytest.mark.parametrize("text", ["/t/s.%04d.exr []", "/t/s.exr [1-3]", "/t/s.%04d.exr [5-1]", "/t/none.%04d.exr"])
def test_a_sequence_that_cannot_be_is_refused(text):
    with pytest.raises(ValueError, match="t/"):
        parse(text)


def test_a_pattern_alone_means_the_frames_on_disk(tmp_path):
    for name in ("v008.0007.exr", "v008.0008.exr", "v009.0009.exr"):
        (tmp_path / name).touch()

    found = parse(str(tmp_path / "v008.%04d.exr"))

    assert found is not None
    assert found.indexes == (7, 8)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("björn", "bjorn"),
        ("björn!", "bjorn_"),
        ("fää", "faa"),
        ("fo/o", "fo_o"),
        ("åäö", "aao"),
        ("my_ne!!!!w_asset", "my_ne____w_asset"),
        (7, "7"),
        (None, "none"),
    ],
)
def test_latin_names_become_what_they_always_did(name, part):
    assert StandardStructure().sanitise_for_filesystem(name) == part


def test_no_name_becomes_an_empty_parent_or_reserved_part():
    clean = StandardStructure().sanitise_for_filesystem

    assert clean("日本語") != clean("中文")
    for name in ("日本語", "..", ".", "CON", "nul.exr", "😀"):
        assert check_part(clean(name))
        assert clean(name).split(".")[0] not in {"con", "nul"}


def test_unicode_names_keep_their_letters():
    clean = StandardStructure(unicode=True).sanitise_for_filesystem

    assert clean("Ra\u0308ksmo\u0308rga\u030as") == "Räksmörgås"
    assert clean("日本語") == "日本語"
    assert clean("a:b") != clean("a_b")


@pytest.mark.parametrize("name", ["con", "CON.txt", "com1.exr", "lpt¹"])
def test_unicode_names_that_windows_reserves_share_no_place(name):
    clean = StandardStructure(unicode=True).sanitise_for_filesystem
    stem, dot, extension = name.partition(".")

    assert clean(name) not in {name, f"{stem}_{dot}{extension}"}
    assert clean(f"{stem}_{dot}{extension}") == f"{stem}_{dot}{extension}"


@pytest.mark.parametrize("identifier", ["../data2/x", "../../etc/passwd", "/etc/passwd", "C:\\x", "a\0b"])
def test_a_disk_accessor_stays_below_its_prefix(tmp_path, identifier):
    (tmp_path / "data").mkdir()
    accessor = DiskAccessor(tmp_path / "data")

    with pytest.raises(exception.AccessorFilesystemPathError):
        accessor.open(identifier)


def test_a_link_does_not_lead_out_of_a_prefix(tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("k")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(exception.AccessorFilesystemPathError, match="link"):
        DiskAccessor(tmp_path / "data").open("link/key")


def test_parts_grow_with_the_file():
    sizes = [1, 100, 500, 2 * 1024, 10 * 1024, 500 * 1024]

    assert [part_size(size * MEGABYTE) // MEGABYTE for size in sizes] == [8, 8, 32, 32, 64, 128]
    with pytest.raises(ValueError, match="too large"):
        part_size(1500 * 1024 * MEGABYTE)
