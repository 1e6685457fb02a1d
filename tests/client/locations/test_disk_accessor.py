"""Files on disks: each verb on what is there, what is missing and what is of another kind."""

from __future__ import annotations

import pytest

from ftrack_api import exception
from ftrack_api.accessor.base import Accessor
from ftrack_api.accessor.disk import DiskAccessor


@pytest.fixture
def folder(tmp_path):
    """A folder with a file, and a folder that holds another one."""
    (tmp_path / "file.txt").write_bytes(b"words")
    (tmp_path / "full" / "inner").mkdir(parents=True)
    (tmp_path / "full" / "a.txt").touch()
    return tmp_path


@pytest.fixture
def accessor(folder):
    return DiskAccessor(folder)


@pytest.mark.parametrize(
    ("identifier", "exists", "is_file", "is_container"),
    [
        ("file.txt", True, True, False),
        ("full", True, False, True),
        ("full/inner", True, False, True),
        ("", True, False, True),
        ("none", False, False, False),
    ],
)
def test_it_tells_what_is_there(accessor, identifier, exists, is_file, is_container):
    told = (accessor.exists(identifier), accessor.is_file(identifier), accessor.is_container(identifier))

    assert told == (exists, is_file, is_container)


def test_what_a_folder_holds_is_named_as_the_folder_was(accessor):
    assert sorted(accessor.list("full")) == ["full/a.txt", "full/inner"]
    assert sorted(accessor.list("")) == ["file.txt", "full"]


@pytest.mark.parametrize(
    ("verb", "identifier", "error"),
    [
        ("list", "none", exception.AccessorResourceNotFoundError),
        ("list", "file.txt", exception.AccessorResourceInvalidError),
        ("open", "none", exception.AccessorResourceNotFoundError),
        ("open", "full", exception.AccessorResourceInvalidError),
        ("open", "file.txt/below", exception.AccessorResourceInvalidError),
        ("remove", "none", exception.AccessorResourceNotFoundError),
        ("remove", "file.txt/below", exception.AccessorResourceNotFoundError),
        ("remove", "full", exception.AccessorContainerNotEmptyError),
        ("make_container", "file.txt", exception.AccessorResourceInvalidError),
        ("make_container", "file.txt/below", exception.AccessorResourceInvalidError),
        ("get_container", "", exception.AccessorParentResourceNotFoundError),
        ("is_sequence", "file.txt", exception.AccessorUnsupportedOperationError),
        ("get_url", "file.txt", exception.AccessorUnsupportedOperationError),
        ("get_filesystem_path", "../elsewhere", exception.AccessorFilesystemPathError),
    ],
)
def test_what_cannot_be_done_is_told_as_what_it_is(accessor, folder, verb, identifier, error):
    before = sorted(folder.rglob("*"))

    with pytest.raises(error):
        getattr(accessor, verb)(identifier)

    assert sorted(folder.rglob("*")) == before


def test_a_folder_is_made_with_those_around_it_when_wished(accessor, folder):
    accessor.make_container("new/newer")
    accessor.make_container("new/newer")
    with pytest.raises(exception.AccessorParentResourceNotFoundError):
        accessor.make_container("other/below", recursive=False)
    accessor.make_container("other", recursive=False)

    assert (folder / "new" / "newer").is_dir()
    assert (folder / "other").is_dir()
    assert not (folder / "other" / "below").exists()


def test_files_empty_folders_and_links_are_removed_themselves(accessor, folder):
    (folder / "link").symlink_to(folder / "full")
    for identifier in ("file.txt", "full/inner", "link"):
        accessor.remove(identifier)
    accessor.remove("full/a.txt")
    accessor.remove_container("full")

    assert list(folder.iterdir()) == []


def test_a_file_is_written_and_read(accessor):
    with_content = accessor.open("new.txt", "wb")
    with_content.write(b"words")
    with_content.close()
    data = accessor.open("new.txt")

    assert (data.read(2), data.tell(), data.read()) == (b"wo", 2, b"rds")
    data.close()


def test_a_new_file_is_there_when_it_is_whole(accessor, folder):
    kept, discarded = accessor.open_new("kept.txt"), accessor.open_new("discarded.txt")
    for data in (kept, discarded):
        data.write(b"words")
    during = accessor.exists("kept.txt")

    for _ in range(2):
        kept.close()
        discarded.discard()

    assert not during
    assert (folder / "kept.txt").read_bytes() == b"words"
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == ["file.txt", "kept.txt"]


@pytest.mark.parametrize("name", ["n" * 255, "\u591c" * 85])
def test_a_new_file_may_have_the_longest_name(accessor, folder, name):
    accessor.open_new(name).close()

    assert (folder / name).exists()


def test_a_subclass_that_opens_otherwise_writes_otherwise_too(folder):
    class Own(DiskAccessor):
        def open(self, resource_identifier, mode="rb"):
            return super().open(f"{resource_identifier}.own", mode)

    Own(folder).open_new("a").close()

    assert (folder / "a.own").exists()


def test_a_subclass_that_places_files_otherwise_is_confined_too(folder):
    class Elsewhere(DiskAccessor):
        def get_filesystem_path(self, resource_identifier):
            return f"{self.prefix}/../{resource_identifier}"

    with pytest.raises(exception.AccessorFilesystemPathError):
        Elsewhere(folder / "full").open("file.txt")


def test_the_prefix_is_filled_in_and_absolute(monkeypatch, tmp_path):
    monkeypatch.setenv("STUDIO", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    found = [DiskAccessor(prefix).prefix for prefix in ("$STUDIO/a", "~/a", "a", tmp_path / "a", "")]

    assert found == [str(tmp_path / "a"), str(tmp_path / "home" / "a"), *[str(tmp_path / "a")] * 2, ""]


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        ("test/../foo.txt", "foo.txt"),
        ("test/", "test"),
        ("", ""),
        ("{prefix}/a.txt", "a.txt"),
    ],
)
def test_a_path_is_normal_and_below_the_prefix(accessor, folder, identifier, path):
    found = accessor.get_filesystem_path(identifier.format(prefix=folder))

    assert found == str(folder / path)


def test_without_a_prefix_resource_identifiers_are_paths(folder):
    accessor = DiskAccessor(prefix="")

    assert accessor.get_filesystem_path(f"{folder}/full/../file.txt") == str(folder / "file.txt")
    assert accessor.get_container(f"{folder}/file.txt") == str(folder)
    assert accessor.exists(f"{folder}/file.txt")
    accessor.remove(f"{folder}/file.txt")
    assert not accessor.exists(f"{folder}/file.txt")


def test_accessors_have_neither_paths_nor_addresses_unless_they_say_so():
    class Bare(Accessor):
        list = exists = is_file = is_container = is_sequence = open = remove = make_container = get_container = None

    for verb in ("get_filesystem_path", "get_url"):
        with pytest.raises(exception.AccessorUnsupportedOperationError):
            getattr(Bare(), verb)("a")
    with pytest.raises(TypeError):
        Accessor()


@pytest.mark.parametrize("prefix", [None, ""])
def test_without_a_prefix_an_empty_identifier_is_not_the_current_folder(prefix, monkeypatch, folder):
    monkeypatch.chdir(folder)
    accessor = DiskAccessor(prefix)

    assert (accessor.get_filesystem_path(""), accessor.exists(""), accessor.is_container("")) == ("", False, False)
    with pytest.raises(exception.AccessorResourceNotFoundError):
        accessor.list("")


def test_an_argument_that_nobody_takes_is_an_error(folder):
    with pytest.raises(TypeError, match="prefx"):
        DiskAccessor(folder, prefx=1)
