"""A folder as a store: parts are written beside their place, forced to the disk, then renamed.

::

    incoming/<random>                           being written
    objects/<ab>/<cd>/<object id>/<number>-<tag>   received, whole

An object is kept in the parts it came in, so that joining them costs nothing. The name of a part holds its tag, which
follows from its bytes: one that is sent again either is the same file or another one, and never changes what a finished
object consists of. No text of a client is ever part of a path.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import tempfile
import threading
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.media.store import CHUNK, Content, Part, StoredObject, Upload, hexadecimal_md5, joined_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

_OBJECT_ID = re.compile(r"[0-9a-f]{32}")
_PART_NAME = re.compile(r"(?P<number>\d{5})-(?P<tag>[0-9a-f]{32})")
_TAG = re.compile(r"[0-9a-f]{32}")
SYNC_BYTES = 32 * 1024 * 1024
"""Bytes after which the disk is told to begin, so that the end of a large file need not wait for all of it."""

MOST_WAITING = 4
"""Blocks that may wait to be written and counted."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskStore:
    """Keeps objects below a folder, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._objects = folder / "objects"
        self._incoming = folder / "incoming"

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
            return all((folder / _name(part)).stat().st_size == part.size for part in stored.parts)
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
            yield from _read(folder / _name(part), start, wanted)
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
            yield self._folder(stored.object_id) / _name(stored.parts[0])
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
        """Remove an object; the bytes of a download under way are read to the end of the part it is at."""
        del component_id, reference
        shutil.rmtree(self._folder(object_id), ignore_errors=True)

    def object_ids(self, before: int) -> Iterator[tuple[str, str]]:
        """Yield the ids of objects whose folders have not changed since a moment; removes what was never finished."""
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
        path = self._folder(upload.id) / _name(part) if _TAG.fullmatch(part.etag) else None
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
            for data in _read(folder / _name(part), 0, part.size):
                digest.update(data)
        if digest.hexdigest() != hexadecimal_md5(upload.checksum or ""):
            raise errors.ValidationError(
                f"The parts of upload {upload.id} do not have the checksum {upload.checksum} that was announced."
            )


class Md5:
    """The tag of bytes that are compared with an MD5 or served under one; 1.2 s for a gigabyte."""

    crc32: int | None = None

    def __init__(self) -> None:
        self._digest = hashlib.md5(usedforsecurity=False)

    def update(self, data: bytes) -> None:
        """Count further bytes."""
        self._digest.update(data)

    def tag(self) -> str:
        """Return 32 hexadecimal digits."""
        return self._digest.hexdigest()


class SizedCrc:
    """The tag of a part that nobody announced an MD5 for: its size and its CRC-32, 0.15 s for a gigabyte."""

    def __init__(self) -> None:
        self.crc32 = 0
        self._size = 0

    def update(self, data: bytes) -> None:
        """Count further bytes."""
        self.crc32 = zlib.crc32(data, self.crc32)
        self._size += len(data)

    def tag(self) -> str:
        """Return 32 hexadecimal digits."""
        return f"{self._size:024x}{self.crc32:08x}"


class DiskReceiver:
    """One part on its way to the disk.

    Cost: an MD5 takes longer than all the rest, so a thread makes it while another one writes and the next bytes
    come in. Neither is waited for before `MOST_WAITING` blocks are left to do, then for half of them: on a busy machine
    threads that wait for each other block by block would mostly wait.
    """

    def __init__(self, incoming: Path, folder: Path, number: int, digest: Md5 | SizedCrc) -> None:
        self._folder = folder
        self._number = number
        self._size = 0
        self._digest = digest
        self._writer = ThreadPoolExecutor(1, "ftrack-write")
        self._hasher = ThreadPoolExecutor(1, "ftrack-checksum")
        self._waiting: deque[Future[None]] = deque()
        self._unsynced = 0
        self._syncing: threading.Thread | None = None
        self._path = incoming / secrets.token_hex(16)
        with _explained():
            _make_folder(incoming)
            self._file = self._path.open("xb", buffering=0)

    def write(self, data: bytes) -> Future[None] | None:
        """Take the next bytes, at once; return what has to end before more may come, None while there is room.

        Raises:
            StorageError: If earlier bytes could not be written.
        """
        self._size += len(data)
        written = self._writer.submit(self._write, data)
        self._waiting.append(self._hasher.submit(self._count, data, written))
        while self._waiting[0].done() and len(self._waiting) > 1:
            self._waiting.popleft().result()
        return self._waiting[MOST_WAITING // 2] if len(self._waiting) >= MOST_WAITING else None

    def finish(self, *, expected_size: int | None, expected_md5: str | None) -> Part:
        """Give the bytes their name, once they are on the disk.

        Raises:
            RequestError: If there are fewer or more bytes than expected, or other ones.
            StorageError: If the disk refuses.
        """
        for waiting in self._waiting:
            waiting.result()
        if expected_size is not None and self._size != expected_size:
            raise errors.RequestError(f"{expected_size} bytes were announced and {self._size} received.")
        part = Part(self._number, self._digest.tag(), self._size, self._digest.crc32)
        if expected_md5 is not None and part.etag != expected_md5:
            raise errors.RequestError(
                f"What was received has the MD5 {part.etag}, the checksum announced is {expected_md5} in the same form."
            )
        with _explained():
            self._join()
            os.fsync(self._file.fileno())
            self._file.close()
            _make_folder(self._folder)
            self._path.rename(self._folder / _name(part))
            _sync_folder(self._folder)
        return part

    def abort(self) -> None:
        """Remove what was written."""
        for threads in (self._writer, self._hasher):
            threads.shutdown(cancel_futures=True)
        self._join()
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        with _explained():
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        self._unsynced += len(data)
        if self._unsynced >= SYNC_BYTES and (self._syncing is None or not self._syncing.is_alive()):
            self._unsynced = 0
            self._syncing = threading.Thread(target=self._sync_ahead, name="ftrack-sync")
            self._syncing.start()

    def _count(self, data: bytes, written: Future[None]) -> None:
        """Add bytes to the checksum; ends when they are written too."""
        self._digest.update(data)
        written.result()

    def _join(self) -> None:
        if self._syncing is not None:
            self._syncing.join()

    def _sync_ahead(self) -> None:
        """Have the disk write while more bytes come in; whether it could is seen at the end."""
        with contextlib.suppress(OSError):
            os.fsync(self._file.fileno())


def _name(part: Part) -> str:
    return f"{part.number:05d}-{part.etag}"


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


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that they outlive a crash."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno in _FULL else f"the disk says: {error.strerror}"
        raise errors.StorageError(f"The file cannot be stored: {reason}.") from error
