"""Files on disks, shared or local."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any

from ftrack_api import data as ftrack_data
from ftrack_api import exception
from ftrack_api.accessor._confinement import confined, expanded, is_below, path_below, relative
from ftrack_api.accessor._folder import IS_SUPPORTED, Folder, hidden_name
from ftrack_api.accessor.base import Accessor

_READING = ("open", "get_filesystem_path")
_WRITING = (*_READING, "open_new", "exists", "get_container")

# Any below is an operating system's error, or content of files: text or bytes.


class DiskAccessor(Accessor):
    """Reads and writes files below a folder; nothing outside of it, whatever a resource identifier or a link says.

    Args:
        prefix: Folder that relative resource identifiers start from; ``~`` and environment variables are filled in.
            When it is empty or None, resource identifiers are paths and nothing is confined.
        **kw: There are no others; part of the signature that callers know.

    Raises:
        TypeError: If there is another argument.

    Attributes:
        prefix: The folder as an absolute path, or an empty text. May be assigned.
    """

    def __init__(self, prefix: str | os.PathLike[str] | None, **kw: Any) -> None:
        if kw:
            raise TypeError(f"{type(self).__name__} takes a prefix and no argument {', '.join(map(repr, kw))}.")
        super().__init__()
        self.prefix: str = expanded(prefix)

    def list(self, resource_identifier: str) -> list[str]:
        """Return the resource identifiers of what a folder holds, in no order.

        Raises:
            AccessorResourceNotFoundError: If there is no such folder.
            AccessorResourceInvalidError: If it is a file.
        """
        path = self._confined(resource_identifier)
        with error_handler(operation="list", resource_identifier=resource_identifier):
            return [os.path.join(resource_identifier, entry) for entry in os.listdir(path)]  # noqa: PTH118, PTH208

    def exists(self, resource_identifier: str) -> bool:
        """Return whether there is a file or folder."""
        return os.path.exists(self._confined(resource_identifier))  # noqa: PTH110

    def is_file(self, resource_identifier: str) -> bool:
        """Return whether there is a file."""
        return os.path.isfile(self._confined(resource_identifier))  # noqa: PTH113

    def is_container(self, resource_identifier: str) -> bool:
        """Return whether there is a folder."""
        return os.path.isdir(self._confined(resource_identifier))  # noqa: PTH112

    def is_sequence(self, resource_identifier: str) -> bool:
        """Raise `AccessorUnsupportedOperationError`: a disk knows files, not sequences of them."""
        raise exception.AccessorUnsupportedOperationError("is_sequence", resource_identifier)

    def open(self, resource_identifier: str, mode: str = "rb") -> ftrack_data.Data:
        """Return the content of a file.

        Raises:
            AccessorResourceNotFoundError: If it is not there, or its folder is not.
            AccessorResourceInvalidError: If it is a folder.
        """
        path = self._confined(resource_identifier)
        with error_handler(operation="open", resource_identifier=resource_identifier):
            return ftrack_data.File(path, mode)

    def open_new(self, resource_identifier: str) -> ftrack_data.Data:
        """Return data to be written to a file that appears, whole, when they are closed.

        ``discard()`` in place of ``close()`` leaves nothing behind. A program that is killed meanwhile leaves a hidden
        file beside the target at most.

        Raises:
            AccessorResourceNotFoundError: If the folder is not there.
        """
        if type(self).open is not DiskAccessor.open:  # a subclass that has its own way of writing
            return self.open(resource_identifier, "wb")
        path = self._confined(resource_identifier)
        with error_handler(operation="open", resource_identifier=resource_identifier):
            return _NewFile(path, resource_identifier)

    def hold_folder(self, resource_identifier: str) -> Folder | None:
        """Return the folder a file belongs to, held open to take that one and others from disk.

        None where files have to be opened one by one: a subclass has its own way of placing or writing them, or the
        system cannot do that.

        Raises:
            AccessorFilesystemPathError: If the folder, or what a link makes of it, is not below the prefix.
            AccessorResourceNotFoundError: If the folder is not there.
        """
        if not IS_SUPPORTED or not self._is_stock(_WRITING):
            return None
        folder = os.path.dirname(path_below(self.prefix, resource_identifier))  # noqa: PTH120
        if self.prefix and not is_below(self.prefix, folder):
            return None
        with error_handler(operation="open", resource_identifier=resource_identifier):
            return Folder(confined(self.prefix, folder))

    def open_handle(self, resource_identifier: str) -> int | None:
        """Return a handle of the system to read a file by, to be closed by the caller.

        None where a subclass has its own way of reading.

        Raises:
            AccessorResourceNotFoundError: If the file is not there.
        """
        if not self._is_stock(_READING):
            return None
        path = self._confined(resource_identifier)
        with error_handler(operation="open", resource_identifier=resource_identifier):
            return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))

    def remove(self, resource_identifier: str) -> None:
        """Remove a file, or a folder that is empty.

        Raises:
            AccessorResourceNotFoundError: If there is neither.
            AccessorContainerNotEmptyError: If the folder holds something.
        """
        path = self._confined_parent(resource_identifier)
        with error_handler(operation="remove", resource_identifier=resource_identifier):
            if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
                os.rmdir(path)  # noqa: PTH106
            else:
                _unlink(path, resource_identifier)

    def make_container(self, resource_identifier: str, recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - signature accessors have
        """Make a folder; one that exists is left as it is.

        Raises:
            AccessorParentResourceNotFoundError: If the folder around it is missing and not to be made.
            AccessorResourceInvalidError: If there is a file of that name.
        """
        path = self._confined(resource_identifier)
        with error_handler(operation="make_container", resource_identifier=resource_identifier):
            try:
                if recursive:
                    os.makedirs(path, exist_ok=True)  # noqa: PTH103
                else:
                    os.mkdir(path)  # noqa: PTH102
            except FileNotFoundError as error:
                raise exception.AccessorParentResourceNotFoundError(
                    "make_container", resource_identifier, error
                ) from error
            except FileExistsError as error:
                if not os.path.isdir(path):  # noqa: PTH112
                    raise exception.AccessorResourceInvalidError(
                        "make_container",
                        resource_identifier,
                        error,
                        message=f"{path} is a file; a folder cannot be made there.",
                    ) from error

    def get_container(self, resource_identifier: str) -> str:
        """Return the folder of a resource, relative to the prefix; ``""`` for the prefix itself.

        Raises:
            AccessorParentResourceNotFoundError: If the folder is outside the prefix, as that of the prefix is.
        """
        folder = os.path.dirname(path_below(self.prefix, resource_identifier))  # noqa: PTH120
        if not self.prefix:
            return folder
        try:
            path_below(self.prefix, folder)
        except exception.AccessorFilesystemPathError as error:
            raise exception.AccessorParentResourceNotFoundError("get_container", resource_identifier, error) from error
        return relative(self.prefix, folder)

    def get_filesystem_path(self, resource_identifier: str) -> str:
        """Return the path of a resource, by its text alone; for ``""`` the prefix.

        Raises:
            AccessorFilesystemPathError: If it is not below the prefix.
        """
        return path_below(self.prefix, resource_identifier)

    def _is_stock(self, names: tuple[str, ...]) -> bool:
        """Return whether methods are those below, not ones of a subclass, of this object alone or put here later."""
        kind = type(self)
        return all(getattr(kind, name) is _STOCK[name] for name in names) and vars(self).keys().isdisjoint(names)

    def _confined(self, resource_identifier: str) -> str:
        """Return the path of a resource to be used; subclasses that place files elsewhere override the public method.

        Raises:
            AccessorFilesystemPathError: If it, or what a link makes of it, is not below the prefix.
        """
        path = self.get_filesystem_path(resource_identifier)
        if type(self).get_filesystem_path is not DiskAccessor.get_filesystem_path:
            path = path_below(self.prefix, path)
        return confined(self.prefix, path)

    def _confined_parent(self, resource_identifier: str) -> str:
        """Return the path of a resource whose last part may be a link, which is then meant itself."""
        path = self.get_filesystem_path(resource_identifier)
        if self.prefix and path != self.prefix:
            confined(self.prefix, path_below(self.prefix, os.path.dirname(path)))  # noqa: PTH120
        return path


_STOCK = {name: vars(DiskAccessor)[name] for name in _WRITING}


def _unlink(path: str, resource_identifier: str) -> None:
    """Remove a file; below what is no folder there is nothing."""
    try:
        os.remove(path)  # noqa: PTH107 - texts throughout
    except NotADirectoryError as error:
        raise exception.AccessorResourceNotFoundError("remove", resource_identifier, error) from error


class _NewFile(ftrack_data.File):
    """A file that takes its name when it is closed."""

    def __init__(self, path: str, resource_identifier: str) -> None:
        self._path = path
        self._identifier = resource_identifier
        self._temporary = os.path.join(os.path.dirname(path), hidden_name())  # noqa: PTH118, PTH120 - texts throughout
        super().__init__(self._temporary, "xb")

    def close(self) -> None:
        """Close the file and give it its name; a second call does nothing."""
        if self.closed:
            return
        try:
            super().close()
            with error_handler(operation="write", resource_identifier=self._identifier):
                os.replace(self._temporary, self._path)  # noqa: PTH105
        except BaseException:
            self._forget()
            raise

    def discard(self) -> None:
        """Close the file and remove it."""
        if self.closed:
            return
        self.closed = True
        with contextlib.suppress(OSError):
            self.wrapped_file.close()
        self._forget()

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            os.remove(self._temporary)  # noqa: PTH107


_BY_NUMBER: dict[int | None, type[exception.AccessorError]] = {
    errno.ENOENT: exception.AccessorResourceNotFoundError,
    errno.EPERM: exception.AccessorPermissionDeniedError,
    errno.EACCES: exception.AccessorPermissionDeniedError,
    errno.ENOTEMPTY: exception.AccessorContainerNotEmptyError,
    errno.ENOTDIR: exception.AccessorResourceInvalidError,
    errno.EISDIR: exception.AccessorResourceInvalidError,
    errno.EINVAL: exception.AccessorResourceInvalidError,
    errno.ELOOP: exception.AccessorResourceInvalidError,
}


@contextlib.contextmanager
def error_handler(**kw: Any) -> Iterator[None]:
    """Raise errors of the operating system as those of accessors.

    Args:
        **kw: ``operation`` and ``resource_identifier``, for the message.
    """
    try:
        yield
    except OSError as error:
        found: Any = _BY_NUMBER.get(error.errno, exception.AccessorOperationFailedError)
        raise found(**{**kw, "error": kw.get("error") or error}) from error
