"""File-like objects: switching between reading and writing, text and bytes, closing."""

from __future__ import annotations

import os

import pytest

from ftrack_api.data import Data, File, FileWrapper, String


@pytest.fixture(params=["file", "wrapper", "string"])
def data(request, tmp_path):
    path = tmp_path / "content"
    path.write_bytes(b"test data")
    if request.param == "string":
        data = String(b"test data")
    elif request.param == "file":
        data = File(str(path), "r+b")
    else:
        data = FileWrapper(path.open("r+b"))
    yield data
    data.close()


def test_content_is_read_whole_or_in_parts(data):
    assert data.read(4) == b"test"
    assert data.tell() == 4
    assert data.read() == b" data"
    assert data.read() == b""


def test_writing_after_reading_goes_on_where_reading_stopped(data):
    assert data.read(4) == b"test"
    data.write(b"-DATA")
    data.flush()
    data.seek(0)

    assert data.read() == b"test-DATA"


def test_seek_and_tell(data):
    data.seek(-4, os.SEEK_END)

    assert (data.tell(), data.read()) == (5, b"data")


def test_closing_twice_does_no_harm_and_reading_then_fails(data):
    data.close()
    data.close()

    assert data.closed
    with pytest.raises(ValueError, match="closed file"):
        data.read()


def test_an_empty_string_reads_bytes():
    data = String()

    assert data.read() == b""
    data.close()


@pytest.mark.parametrize("content", ["text", "å😀"])
def test_text_in_text_out(content):
    data = String(content)

    assert not data.is_binary
    assert data.read() == content
    data.close()


def test_a_limit_inside_a_character_reads_the_whole_character():
    data = String("a😀b")

    assert [data.read(2), data.read(1), data.read(1)] == ["a😀", "b", ""]
    data.close()


def test_bytes_that_are_no_text_are_an_error_once_text_was_written():
    data = String("a")
    data.write(b"\xff\xf0")
    data.seek(0)

    with pytest.raises(UnicodeDecodeError):
        data.read()
    data.close()


def test_a_text_file_is_in_utf_8(tmp_path):
    path = tmp_path / "text"
    data = File(path, "w")
    data.write("å")
    data.close()

    assert path.read_bytes() == "å".encode()


class Tape(Data):
    def read(self, limit=None):
        return b""[:limit]

    def write(self, content):
        pass


@pytest.mark.parametrize(("verb", "arguments", "text"), [("seek", (0,), "Seek"), ("tell", (), "Tell")])
def test_data_that_cannot_be_positioned_says_so(verb, arguments, text):
    with pytest.raises(NotImplementedError, match=f"{text} not supported"):
        getattr(Tape(), verb)(*arguments)


def test_closing_plain_data():
    tape = Tape()
    tape.close()

    assert tape.closed
