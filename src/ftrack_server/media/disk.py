"""A folder as a store: parts are written beside their place, forced to the disk, then renamed.

::

    incoming/<random>                           being written
    objects/<ab>/<cd>/<object id>/<number>-<tag>   received, whole
    removed/<random>/                              an object that is being removed

An object is kept in the parts it came in, so that joining them costs nothing. The name of a part holds its tag, which
follows from its bytes: one that is sent again either is the same file or another one, and never changes what a finished
object consists of. No text of a client is ever part of a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.media.disk_receiver import DiskReceiver, Md5, SizedCrc, part_name
from ftrack_server.media.store import CHUNK, Content, Part, StoredObject, Upload, hexadecimal_md5, joined_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OBJECT_ID = re.compile(r"[0-9a-f]{32}")
_PART_NAME = re.compile(r"(?P<number>\d{5})-(?P<tag>[0-9a-f]{32})")
_TAG = re.compile(r"[0-9a-f]{32}")


class DiskStore:
    """Keeps objects below a folder, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"
        self._removed = folder / "removed"
        self._remover = ThreadPoolExecutor(1, "ftrack-remove")

    def begin(self, upload: Upload) -> str:
        """Prepare nothing: the folder of an object is made with its first part."""
        del upload
        return ""

    def receive(self, upload: Upload, number: int, *, with_md5: bool = True) -> DiskReceiver:
        """Start to receive a part, or a file in one piece (number 0).

        Raises:
            StorageError: If nothing can be written.
        """
        digest = Md5() if with_md5 else SizedCrc()
        return DiskReceiver(self._incoming, self._folder(upload.id), max(number, 1), digest)

    def received(self, upload: Upload) -> list[Part]:
        """Return the parts that have arrived, by number; the newest of those with the same number."""
        newest: dict[int, tuple[int, Part]] = {}
        for path, part in self._parts(upload.id):
            moment = path.stat().st_mtime_ns
            if part.number not in newest or newest[part.number][0] < moment:
                newest[part.number] = (moment, part)
        return [newest[number][1] for number in sorted(newest)]

    def complete(self, upload: Upload, parts: Sequence[Part]) -> Content:
        """Look whether every part is there; they stay where they are.

        Raises:
            ValidationError: If a part is missing, the sizes do not add up or the checksum is another.

        Cost: no bytes are read unless a checksum of the whole was declared.
        """
        found = tuple(self._arrived(upload, part) for part in parts)
        size = sum(part.size for part in found)
        if upload.size is not None and size != upload.size:
            raise errors.ValidationError(
                f"Upload {upload.id} was announced with {upload.size} bytes; its {len(found)} parts have {size}."
            )
        if upload.checksum is not None:
            self._compare(upload, found)
        return Content(size, joined_tag(found), found)

    def find(self, upload: Upload) -> Content | None:
        """Return what has arrived of a file in one piece."""
        parts = self.received(upload)
        return Content(parts[0].size, parts[0].etag, (parts[0],)) if parts else None

    def check(self, stored: StoredObject) -> bool:
        """Return whether every part is there in its full size."""
        folder = self._folder(stored.object_id)
        try:
            return all((folder / part_name(part)).stat().st_size == part.size for part in stored.parts)
        except OSError:
            return False

    def read(self, stored: StoredObject, start: int, length: int) -> Iterator[bytes]:
        """Yield bytes from a position on.

        Raises:
            StorageError: If a part is missing or shorter than it was.
        """
        folder = self._folder(stored.object_id)
        for part in stored.parts:
            if start >= part.size:
                start -= part.size
                continue
            wanted = min(part.size - start, length)
            if wanted <= 0:
                return
            yield from _read(folder / part_name(part), start, wanted)
            start, length = 0, length - wanted

    @contextlib.contextmanager
    def local(self, stored: StoredObject) -> Iterator[Path]:
        """Yield the file itself, or a copy of an object in several parts.

        Raises:
            StorageError: If a part is missing.
        """
        if not self.check(stored):
            raise errors.StorageError(f'The file "{stored.file_name}" is not in the store any more.')
        if len(stored.parts) == 1:
            yield self._folder(stored.object_id) / part_name(stored.parts[0])
            return
        with tempfile.NamedTemporaryFile(dir=self._incoming) as copy:
            for data in self.read(stored, 0, stored.size):
                copy.write(data)
            copy.flush()
            yield Path(copy.name)

    def put(self, upload: Upload, path: Path) -> Content:
        """Store a copy of a file."""
        receiver = self.receive(upload, 0)
        try:
            with path.open("rb") as file:
                while data := file.read(CHUNK):
                    if (waiting := receiver.write(data)) is not None:
                        waiting.result()
            part = receiver.finish(expected_size=upload.size, expected_md5=None)
        finally:
            receiver.abort()
        return Content(part.size, part.etag, (part,))

    def keep_only(self, upload: Upload, part: Part) -> None:
        """Remove what an upload in one piece has received before, or in parallel to, the part that counts."""
        for path, other in self._parts(upload.id):
            if other.etag != part.etag:
                path.unlink(missing_ok=True)

    def discard(self, object_id: str, component_id: str, reference: str = "") -> None:
        """Take an object away at once; the bytes of a download under way are read to the end of the part it is at.

        Cost: a rename, whatever its size. A thread frees its space, which takes some 0.1 s for a gigabyte; what a crash
        leaves of that is removed by `object_ids`.
        """
        del component_id, reference
        folder, removed = self._folder(object_id), self._removed / secrets.token_hex(16)
        if not folder.is_dir():
            return
        try:
            self._removed.mkdir(exist_ok=True)
            folder.rename(removed)
        except OSError:
            removed = folder
        self._remover.submit(shutil.rmtree, removed, ignore_errors=True)

    def object_ids(self, before: int) -> Iterator[tuple[str, str]]:
        """Yield the ids of objects whose folders have not changed since a moment.

        Removes what was never finished, received or removed, on the way.
        """
        for path in _entries(self._removed):
            shutil.rmtree(path, ignore_errors=True)
        for path in _entries(self._incoming):
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
        for first in _entries(self._objects):
            for second in _entries(first):
                for folder in _entries(second):
                    if _OBJECT_ID.fullmatch(folder.name) and folder.stat().st_mtime < before:
                        yield folder.name, ""

    def _folder(self, object_id: str) -> Path:
        if not _OBJECT_ID.fullmatch(object_id):
            raise errors.StorageError(f'"{object_id[:80]}" is not the name of an object.')
        return self._objects / object_id[:2] / object_id[2:4] / object_id

    def _parts(self, object_id: str) -> Iterator[tuple[Path, Part]]:
        for path in _entries(self._folder(object_id)):
            if match := _PART_NAME.fullmatch(path.name):
                yield path, Part(int(match["number"]), match["tag"], path.stat().st_size)

    def _arrived(self, upload: Upload, part: Part) -> Part:
        path = self._folder(upload.id) / part_name(part) if _TAG.fullmatch(part.etag) else None
        if path is None or not path.is_file():
            raise errors.ValidationError(
                f'Part {part.number} of upload {upload.id} has not arrived with the tag "{part.etag[:80]}"; '
                "send it again and list the ETag of the answer."
            )
        return Part(part.number, part.etag, path.stat().st_size)

    def _compare(self, upload: Upload, parts: tuple[Part, ...]) -> None:
        digest = hashlib.md5(usedforsecurity=False)
        folder = self._folder(upload.id)
        for part in parts:
            for data in _read(folder / part_name(part), 0, part.size):
                digest.update(data)
        if digest.hexdigest() != hexadecimal_md5(upload.checksum or ""):
            raise errors.ValidationError(
                f"The parts of upload {upload.id} do not have the checksum {upload.checksum} that was announced."
            )


def _read(path: Path, start: int, length: int) -> Iterator[bytes]:
    try:
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            while length > 0:
                data = file.read(min(CHUNK, length))
                if not data:
                    raise errors.StorageError(f"{path.name} is {length} bytes shorter than it was when it was stored.")
                length -= len(data)
                yield data
    except FileNotFoundError as error:
        raise errors.StorageError(f"{path.name} is not in the store any more.") from error


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
