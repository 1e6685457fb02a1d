"""Parts of files as contents of requests, with their checksums made on the way."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ftrack_api import exception

if TYPE_CHECKING:
    from ftrack_api._transfers import Report

PIECE = 256 * 1024


class FilePart:
    """A part of a file, read while it is sent.

    Args:
        path: The file.
        start: Where the part begins.
        size: Its bytes; at least one.
        report: Told of the pieces sent.

    Attributes:
        checksum: CRC-32 of what was read last, once all of it was, as services tell it: four bytes, the highest first,
            in base64. It costs 0.15 s for a gigabyte, where an MD5 would cost more than reading and sending.
    """

    def __init__(self, path: str, start: int, size: int, report: Report) -> None:
        self._path = path
        self._start = start
        self._size = size
        self._report = report
        self._told = 0
        self.checksum = ""

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces.

        Raises:
            AccessorOperationFailedError: If the file has become shorter.
            TransferCancelledError: If transfers are to stop.
            OSError: If the file cannot be read.
        """
        self.take_back()
        checksum = 0
        left = self._size
        with Path(self._path).open("rb") as file:
            file.seek(self._start)
            while left:
                piece = file.read(min(PIECE, left))
                if not piece:
                    raise exception.AccessorOperationFailedError("write", self._path, "the file was changed meanwhile.")
                checksum = zlib.crc32(piece, checksum)
                left -= len(piece)
                yield piece
                self._told += len(piece)
                self._report.add(len(piece))
        self.checksum = base64.b64encode(checksum.to_bytes(4, "big")).decode("ascii")

    def md5(self) -> str:
        """Return the MD5 of the part in hexadecimal digits, which takes reading it once more.

        Raises:
            OSError: If the file cannot be read.
        """
        checksum = hashlib.md5(usedforsecurity=False)
        left = self._size
        with Path(self._path).open("rb") as file:
            file.seek(self._start)
            while left and (piece := file.read(min(PIECE, left))):
                left -= len(piece)
                checksum.update(piece)
        return checksum.hexdigest()

    def take_back(self) -> None:
        """Report that what was sent so far does not count."""
        told, self._told = self._told, 0
        if told:
            self._report.add(-told)


def checksum_of(path: str, report: Report) -> str:
    """Return the MD5 of a file in base64, as uploads announce it.

    Raises:
        TransferCancelledError: If transfers are to stop.
    """
    checksum = hashlib.md5(usedforsecurity=False)
    with Path(path).open("rb") as file:
        while piece := file.read(PIECE):
            report.check()
            checksum.update(piece)
    return base64.b64encode(checksum.digest()).decode("ascii")
