"""A folder on disk that is looked at once and takes many files, copied by the system, each of which appears whole."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

from ftrack_api.symbol import CHUNK_SIZE

if TYPE_CHECKING:
    from ftrack_api._transfers import Report

IS_SUPPORTED = sys.platform == "linux"  # others have no files that get their names once they are written
MODE = 0o666  # less what the process masks, as for every new file

# What the system answers where it cannot move bytes between two files itself.
_CANNOT_MOVE = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})


class UnnamedFilesUnsupportedError(Exception):
    """Raised where a file system has no files that get their names once they are written."""


class Folder:
    """A folder that is held open: what it is called, and where links on the way lead, does not matter any more.

    Args:
        path: The folder.

    Raises:
        OSError: If it is not there, or is no folder.
    """

    def __init__(self, path: str) -> None:
        self._handle = os.open(path, os.O_PATH | os.O_DIRECTORY)

    def close(self) -> None:
        """Close it."""
        os.close(self._handle)

    def holds(self, name: str) -> bool:
        """Return whether it holds something of a name, be it a link that leads nowhere."""
        return os.access(name, os.F_OK, dir_fd=self._handle, follow_symlinks=False)

    def take(self, name: str, source: int, report: Report) -> None:
        """Copy a file into the folder. It has no name until it is whole: a process that dies leaves nothing.

        Args:
            name: A name, not a path.
            source: The file, open for reading.
            report: Told of the pieces.

        Raises:
            FileExistsError: If there is something of that name already; it stays.
            UnnamedFilesUnsupportedError: If this cannot be done here; nothing was.
            OSError: If reading or writing fails.
            TransferCancelledError: If transfers are to stop.

        Cost: three system calls beside those that read and write.
        """
        try:
            target = os.open(".", os.O_WRONLY | os.O_TMPFILE, MODE, dir_fd=self._handle)
        except OSError as error:
            raise UnnamedFilesUnsupportedError from error
        try:
            _pour(source, target, report)
            try:
                os.link(f"/proc/self/fd/{target}", name, dst_dir_fd=self._handle, follow_symlinks=True)
            except FileExistsError:
                raise
            except OSError as error:
                raise UnnamedFilesUnsupportedError from error
        finally:
            os.close(target)


def _pour(source: int, target: int, report: Report) -> None:
    """Copy a file; the system moves the bytes, or has both files share them, where it can."""
    report.check()
    if _moved_by_the_system(source, target, report):
        return
    while content := os.read(source, CHUNK_SIZE):
        left = memoryview(content)
        while left:
            left = left[os.write(target, left) :]
        report.add(len(content))


def _moved_by_the_system(source: int, target: int, report: Report) -> int:
    """Return how many bytes the system moved from one file to the other: all, or none where it cannot do that."""
    size = 0
    try:
        while moved := os.copy_file_range(source, target, CHUNK_SIZE):
            size += moved
            report.add(moved)
    except OSError as error:
        if size or error.errno not in _CANNOT_MOVE:
            raise
    return size
