"""Texts that name sequences, as people and other programs write them: read, or refused with the reason."""

from __future__ import annotations

import pytest

from ftrack_api._location.frames import parse


@pytest.mark.parametrize(
    ("text", "head", "padding", "tail", "indexes"),
    [
        ("s.%04d.exr [-5--4, 1]", "s.", 4, ".exr", (-5, -4, 1)),
        ("s.%04d.exr [-5 - -1 x 2]", "s.", 4, ".exr", (-5, -3, -1)),
        ("s.%04d.exr [2, 1, 2, 0001]", "s.", 4, ".exr", (1, 2)),
        ("s.%04d.exr  [ 1 - 3 ] ", "s.", 4, ".exr", (1, 2, 3)),
        ("ä [v1] 50%done.%03d.exr [993-1001]", "ä [v1] 50%done.", 3, ".exr", tuple(range(993, 1002))),
        ("C:\\pro#ject\\s.####.exr [1-2]", "C:\\pro#ject\\s.", 4, ".exr", (1, 2)),
        ("\\\\server\\share\\s.$F4.exr [1-2]", "\\\\server\\share\\s.", 4, ".exr", (1, 2)),
        ("/renders/%04d/beauty.exr [1-2]", "/renders/", 4, "/beauty.exr", (1, 2)),
        ("/renders/%04d/s.%02d.exr [1-2]", "/renders/%04d/s.", 2, ".exr", (1, 2)),
        ("t.<udim>.tx [1001-1002]", "t.", 4, ".tx", (1001, 1002)),
        ("%d [998-1002]", "", 0, "", (998, 999, 1000, 1001, 1002)),
        ("s.%064d.exr [1]", "s.", 64, ".exr", (1,)),
    ],
)
def test_a_sequence_is_read(text, head, padding, tail, indexes):
    found = parse(text)

    assert (found.head, found.padding, found.tail, found.indexes) == (head, padding, tail, indexes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s.%04d.exr []", "names no frames"),
        ("s.%04d.exr [,]", "names no frames"),
        ("s.%04d.exr [3-1]", "run backwards"),
        ("s.%04d.exr [1-3x0]", "run backwards"),
        ("s.%04d.exr [1-3x]", "Cannot read the frames '1-3x'"),
        ("s.%04d.exr [1;3]", r"Cannot read the frames '\[1;3\]'"),
        ("s.%04d.exr [a-b]", r"Cannot read the frames '\[a-b\]'"),
        ("s.%04d.exr [1-3", r"Cannot read the frames '\[1-3'"),
        ("s.%04d.exr[1-3]", "after a space"),
        ("s.%04d.exr [1-1000001]", "more than 1000000 frames"),
        ("s.%04d.exr [1-99999999999999999999999]", "more than 1000000 frames"),
        ("s.%065d.exr [1]", "more than 64 digits"),
        ("s.%999999999d.exr [1]", "more than 64 digits"),
        ("s.$F" + "9" * 5000 + ".exr [1]", "more than 64 digits"),
        ("#" * 65 + " [1]", "more than 64 digits"),
        ("s.exr [1-3]", "nothing that stands for them"),
        ("s.%04d.exr", "no file fits it"),
    ],
)
def test_a_sequence_that_cannot_be_is_refused_with_the_reason(text, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ValueError, match=said):
        parse(text)


@pytest.mark.parametrize("text", ["s.exr", "[v1].exr", "C:\\pro#ject\\s.exr", "/pro#ject/s.exr", ".", "s.%04d.exr/"])
def test_other_paths_are_those_of_files(text):
    assert parse(text) is None


def test_frames_on_disk_are_those_that_a_pattern_writes(tmp_path):
    for name in ("-005", "-05", "0001", "00002", "2", "10000", "x", "٣"):
        (tmp_path / f"s.{name}.exr").touch()

    assert parse(f"{tmp_path}/s.%04d.exr").indexes == (-5, 1, 10000)
    assert parse(f"{tmp_path}/s.%d.exr").indexes == (2, 10000)
