"""Files that a folder takes from disk: whole, under a free name, with what the system offers and without."""

from __future__ import annotations

import errno
import functools
import os
from pathlib import Path

import pytest

from ftrack_api._transfers import Report
from ftrack_api.accessor import _folder
from ftrack_api.accessor.disk import DiskAccessor

pytestmark = pytest.mark.skipif(not _folder.IS_SUPPORTED, reason="this system has no files without names")

SYSTEM_FILE = "/proc/self/stat"  # has content, and a size of 0: the system does not move it between files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "store").mkdir()
    folder = _folder.Folder(str(tmp_path / "store"))
    yield folder
    folder.close()


@pytest.fixture
def taken(folder):
    """Have the folder take a file; return the bytes that were told of."""

    def take(path, name="a"):
        told = []
        report = Report(None, None, None)
        report.add = told.append
        handle = os.open(path, os.O_RDONLY)
        try:
            folder.take(name, handle, report)
        finally:
            os.close(handle)
        return sum(told)

    return take


def test_a_file_is_taken_whole_and_told_of(tmp_path, folder, taken):
    (tmp_path / "source").write_bytes(b"pixels")
    plain = tmp_path / "plain"
    plain.touch()

    size = taken(tmp_path / "source")

    assert (size, folder.holds("a"), folder.holds("b")) == (6, True, False)
    assert (tmp_path / "store" / "a").read_bytes() == b"pixels"
    assert (tmp_path / "store" / "a").stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("content", [b"", b"x" * (3 * 2**20 + 5)])
@pytest.mark.parametrize("reason", ["other file system", "old library"])
def test_what_the_system_does_not_move_is_read_and_written(tmp_path, monkeypatch, taken, content, reason):
    def refuse_to_move(*_):
        raise OSError(errno.EXDEV, reason)

    (tmp_path / "source").write_bytes(content)
    if reason == "old library":
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    else:
        monkeypatch.setattr(os, "copy_file_range", refuse_to_move, raising=False)

    size = taken(tmp_path / "source")

    assert size == len(content)
    assert (tmp_path / "store" / "a").read_bytes() == content


def test_a_file_whose_size_the_system_does_not_know_is_taken(tmp_path, taken):
    if not Path(SYSTEM_FILE).exists():
        pytest.skip(f"there is no {SYSTEM_FILE}")

    size = taken(SYSTEM_FILE)

    assert size == (tmp_path / "store" / "a").stat().st_size > 0


@pytest.mark.parametrize("occupied", ["file", "folder", "dangling link"])
def test_what_is_there_stays(tmp_path, folder, taken, occupied):
    (tmp_path / "source").write_bytes(b"new")
    target = tmp_path / "store" / "a"
    if occupied == "file":
        target.write_bytes(b"old")
    elif occupied == "folder":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nothing")
    before = target.lstat()

    with pytest.raises(FileExistsError):
        taken(tmp_path / "source")

    assert folder.holds("a")
    assert target.lstat() == before
    assert not (tmp_path / "nothing").exists()
    assert list((tmp_path / "store").iterdir()) == [target]


def test_a_failure_leaves_nothing(tmp_path, taken):
    with pytest.raises(IsADirectoryError):
        taken(tmp_path)

    assert list((tmp_path / "store").iterdir()) == []


@pytest.fixture(params=["O_TMPFILE", "link"])
def without_unnamed_files(request, monkeypatch):
    """Have the file system know no files without names, or none that get one afterwards."""
    plain_open = os.open

    def refuse(*_, **__):
        raise OSError(errno.EOPNOTSUPP, "not here")

    def open_named(path, flags, *rest, **options):
        return refuse() if flags & os.O_TMPFILE == os.O_TMPFILE else plain_open(path, flags, *rest, **options)

    if request.param == "link":
        monkeypatch.setattr(os, "link", refuse)
    else:
        monkeypatch.setattr(os, "open", open_named)


@pytest.mark.usefixtures("without_unnamed_files")
def test_where_files_without_names_are_unknown_they_are_hidden(tmp_path, taken):
    (tmp_path / "source").write_bytes(b"pixels")

    sizes = [taken(tmp_path / "source", name) for name in ("a", "b" * 255)]

    assert sizes == [6, 6]
    assert {path.read_bytes() for path in (tmp_path / "store").iterdir()} == {b"pixels"}
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["a", "b" * 255]


@pytest.mark.usefixtures("without_unnamed_files")
def test_a_failure_leaves_no_hidden_file(tmp_path, taken):
    with pytest.raises(IsADirectoryError):
        taken(tmp_path)

    assert list((tmp_path / "store").iterdir()) == []


@pytest.mark.parametrize("name", ["open", "open_new", "exists", "get_container", "get_filesystem_path"])
@pytest.mark.parametrize("where", ["subclass", "object", "class itself"])
def test_an_accessor_with_its_own_ways_opens_files_itself(tmp_path, monkeypatch, name, where):
    own = getattr(DiskAccessor, name)
    if where == "subclass":
        accessor = type("Own", (DiskAccessor,), {name: functools.partialmethod(own)})(tmp_path)
    else:
        accessor = DiskAccessor(tmp_path)
        if where == "object":
            setattr(accessor, name, own.__get__(accessor))
        else:
            monkeypatch.setattr(DiskAccessor, name, functools.partialmethod(own))

    assert accessor.hold_folder("a") is None
    assert name not in {"open", "get_filesystem_path"} or accessor.open_handle("a") is None


def test_a_python_that_was_built_with_an_old_library_copies_too(tmp_path, monkeypatch):
    (tmp_path / "source").write_bytes(b"pixels")
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    folder = _folder.Folder(str(tmp_path))
    with (tmp_path / "source").open("rb") as source:
        folder.take("a", source.fileno(), Report(None, None, None))
    folder.close()

    assert (tmp_path / "a").read_bytes() == b"pixels"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_subclass_that_only_adds_to_it_holds_folders(tmp_path):
    class Described(DiskAccessor):
        def get_url(self, resource_identifier):
            return f"file://{self.get_filesystem_path(resource_identifier)}"

    folder = Described(tmp_path).hold_folder("a")

    assert not folder.holds("a")
    folder.close()
