"""Paths below a prefix: resource identifiers in, paths out that cannot be elsewhere, symbolic links included."""

from __future__ import annotations

import ntpath
import os

from ftrack_api import exception


def expanded(prefix: str | os.PathLike[str]) -> str:
    """Return a prefix as an absolute path, with ``~`` and environment variables filled in; an empty one stays."""
    text = os.path.expandvars(os.path.expanduser(os.fspath(prefix)))  # noqa: PTH111 - texts throughout
    return os.path.abspath(text) if text else ""  # noqa: PTH100 - as above


def path_below(prefix: str, resource_identifier: str) -> str:
    """Return the path of a resource identifier, by its text alone.

    Raises:
        AccessorFilesystemPathError: If the path is not the prefix or below it, or holds a null.
    """
    identifier = os.fspath(resource_identifier)
    if "\0" in identifier:
        raise exception.AccessorFilesystemPathError(
            resource_identifier, message=f"A path cannot hold a null character: {identifier!r}."
        )
    if not prefix:
        return os.path.normpath(identifier)
    is_absolute = os.path.isabs(identifier) or ntpath.isabs(identifier)  # noqa: PTH117 - texts
    path = os.path.normpath(identifier if is_absolute else os.path.join(prefix, identifier))  # noqa: PTH118 - texts
    if not is_below(prefix, path):
        raise _outside(prefix, resource_identifier)
    return path


def confined(prefix: str, resource_identifier: str) -> str:
    """Return the path of a resource identifier, symbolic links on the way to it and at its end followed.

    Raises:
        AccessorFilesystemPathError: If the path, or where links lead it, is not the prefix or below it.

    Cost: one system call per part of the path.
    """
    path = path_below(prefix, resource_identifier)
    if prefix and not is_below(os.path.realpath(prefix), os.path.realpath(path)):
        raise _outside(prefix, resource_identifier, hint=" A symbolic link on the way leads elsewhere.")
    return path


def is_below(prefix: str, path: str) -> bool:
    """Return whether a path is another or below it, compared part by part and as the system compares names."""
    above, below = os.path.normcase(prefix), os.path.normcase(path)
    try:
        return os.path.commonpath([above, below]) == (above.rstrip(os.sep) or os.sep)
    except ValueError:  # on different drives
        return False


def _outside(prefix: str, resource_identifier: str, hint: str = "") -> exception.AccessorFilesystemPathError:
    return exception.AccessorFilesystemPathError(
        resource_identifier,
        message=f"{resource_identifier!r} is not below {prefix!r}, the prefix of the location.{hint}",
    )
