"""A folder on disk that is looked at once and takes many files, copied by the system, each of which appears whole."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import uuid
from typing import TYPE_CHECKING

from ftrack_api.symbol import CHUNK_SIZE

if TYPE_CHECKING:
    from ftrack_api._transfers import Report

IS_SUPPORTED = sys.platform == "linux"  # others cannot hold a folder without reading it
MODE = 0o666  # less what the process masks, as for every new file

# What the system answers where it cannot move bytes between two files itself.
_CANNOT_MOVE = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})


class Folder:
    """A folder that is held open: what it is called, and where links on the way lead, does not matter any more.

    Args:
        path: The folder.

    Raises:
        OSError: If it is not there, or is no folder.
    """

    def __init__(self, path: str) -> None:
        self._handle = os.open(path, os.O_PATH | os.O_DIRECTORY)
        # Python has it where it was built with a C library that does; then the file system may know no such files.
        self._has_unnamed = hasattr(os, "O_TMPFILE")

    def close(self) -> None:
        """Close it."""
        os.close(self._handle)

    def holds(self, name: str) -> bool:
        """Return whether it holds something of a name, be it a link that leads nowhere."""
        return os.access(name, os.F_OK, dir_fd=self._handle, follow_symlinks=False)

    def take(self, name: str, source: int, report: Report) -> None:
        """Copy a file into the folder, where it appears whole.

        It has no name until then, so that a process that dies leaves nothing; on file systems without such files, those
        of networks among them, a hidden one.

        Args:
            name: A name, not a path.
            source: The file, open for reading.
            report: Told of the pieces.

        Raises:
            FileExistsError: If there is something of that name already; it stays. File systems that have neither
                unnamed files nor links replace it: ask `holds` before.
            OSError: If reading or writing fails; nothing is left.
            TransferCancelledError: If transfers are to stop; nothing is left.

        Cost: three system calls beside those that read and write.
        """
        if not (self._has_unnamed and self._took_unnamed(name, source, report)):
            self._has_unnamed = False
            self._take_hidden(name, source, report)

    def _took_unnamed(self, name: str, source: int, report: Report) -> bool:
        """Take a file by way of one without a name; return whether the file system knows such."""
        try:
            target = os.open(".", os.O_WRONLY | os.O_TMPFILE, MODE, dir_fd=self._handle)
        except OSError:
            return False
        try:
            size = _pour(source, target, report)
            try:
                os.link(f"/proc/self/fd/{target}", name, dst_dir_fd=self._handle, follow_symlinks=True)
            except FileExistsError:
                raise
            except OSError:
                os.lseek(source, 0, os.SEEK_SET)
                report.add(-size)
                return False
        finally:
            os.close(target)
        return True

    def _take_hidden(self, name: str, source: int, report: Report) -> None:
        """Take a file by way of a hidden one."""
        hidden = hidden_name()
        target = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE, dir_fd=self._handle)
        try:
            try:
                _pour(source, target, report)
            finally:
                os.close(target)
            self._name(hidden, name)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(hidden, dir_fd=self._handle)
            raise

    def _name(self, hidden: str, name: str) -> None:
        """Give a hidden file its name, which somebody else may have taken meanwhile."""
        try:
            os.link(hidden, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            os.rename(hidden, name, src_dir_fd=self._handle, dst_dir_fd=self._handle)
        else:
            os.unlink(hidden, dir_fd=self._handle)


def hidden_name() -> str:
    """Return a new name for a file that is not whole yet; short, as names next to it may be as long as names can be."""
    return f".{uuid.uuid4().hex[:16]}.part"


def _pour(source: int, target: int, report: Report) -> int:
    """Copy a file and return its size; the system moves the bytes, or has both files share them, where it can."""
    report.check()
    size = _moved_by_the_system(source, target, report)
    if size:
        return size
    while content := os.read(source, CHUNK_SIZE):
        left = memoryview(content)
        while left:
            left = left[os.write(target, left) :]
        size += len(content)
        report.add(len(content))
    return size


def _moved_by_the_system(source: int, target: int, report: Report) -> int:
    """Return how many bytes the system moved from one file to the other: all, or none where it cannot do that."""
    size = 0
    if not hasattr(os, "copy_file_range"):  # built with an old C library
        return size
    try:
        while moved := os.copy_file_range(source, target, CHUNK_SIZE):
            size += moved
            report.add(moved)
    except OSError as error:
        if size or error.errno not in _CANNOT_MOVE:
            raise
    return size
