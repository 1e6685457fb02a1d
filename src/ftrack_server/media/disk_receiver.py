"""One part on its way to the disk: written, counted, forced to it, and then given its name."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import threading
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.media.store import Part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

SYNC_BYTES = 16 * 1024 * 1024
"""Bytes after which the disk is told to begin, so that the end of a large file need not wait for all of it."""

MOST_WAITING = 4
"""Blocks that may wait to be written and counted."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Md5:
    """The tag of bytes that are compared with an MD5 or served under one; 1.2 s for a gigabyte."""

    takes_long = True
    crc32: int | None = None

    def __init__(self) -> None:
        self._digest = hashlib.md5(usedforsecurity=False)

    def update(self, data: bytes | memoryview) -> None:
        """Count further bytes."""
        self._digest.update(data)

    def tag(self) -> str:
        """Return 32 hexadecimal digits."""
        return self._digest.hexdigest()


class SizedCrc:
    """The tag of a part that nobody announced an MD5 for: its size and its CRC-32, 0.15 s for a gigabyte."""

    takes_long = False

    def __init__(self) -> None:
        self.crc32 = 0
        self._size = 0

    def update(self, data: bytes | memoryview) -> None:
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
    threads that wait for each other block by block would mostly wait. A CRC-32 is made where `take` writes.
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
            make_folder(incoming)
            self._file = self._path.open("xb", buffering=0)

    def write(self, data: bytes) -> Future[None] | None:
        """Take the next bytes, at once; return what has to end before more may come, None while there is room.

        Raises:
            StorageError: If earlier bytes could not be written.
        """
        written = self._writer.submit(self._write, data)
        self._waiting.append(self._hasher.submit(self._count, data, written))
        while self._waiting[0].done() and len(self._waiting) > 1:
            self._waiting.popleft().result()
        return self._waiting[MOST_WAITING // 2] if len(self._waiting) >= MOST_WAITING else None

    def take(self, data: bytes | memoryview) -> None:
        """Take the next bytes, and return when there is room for more and nothing needs these any more.

        Raises:
            StorageError: If these or earlier bytes cannot be written.
        """
        if self._digest.takes_long:
            waiting = self.write(bytes(data))
            if waiting is not None:
                waiting.result()
        else:
            self._write(data)
            self._digest.update(data)

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
            make_folder(self._folder)
            self._path.rename(self._folder / part_name(part))
            _sync_folder(self._folder)
        return part

    def abort(self) -> None:
        """Remove what was written; does nothing after `finish`."""
        for threads in (self._writer, self._hasher):
            threads.shutdown(cancel_futures=True)
        self._join()
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _write(self, data: bytes | memoryview) -> None:
        with _explained():
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        self._size += len(data)
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


def part_name(part: Part) -> str:
    """Return the name of the file of a part that has arrived."""
    return f"{part.number:05d}-{part.etag}"


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that they outlive a crash."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
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
