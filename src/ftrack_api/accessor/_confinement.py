"""Paths below a prefix: resource identifiers in, paths out that cannot be elsewhere, symbolic links included."""

from __future__ import annotations

import ntpath
import os
import stat

from ftrack_api import exception

_REPARSE_POINT = 0x400  # links and junctions of Windows


def expanded(prefix: str | os.PathLike[str] | None) -> str:
    """Return a prefix as an absolute path, with ``~`` and environment variables filled in; empty for none."""
    if prefix is None:
        return ""
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
        return os.path.normpath(identifier) if identifier else ""  # not the folder the program happens to be in
    is_absolute = os.path.isabs(identifier) or ntpath.isabs(identifier)  # noqa: PTH117 - texts
    path = os.path.normpath(identifier if is_absolute else os.path.join(prefix, identifier))  # noqa: PTH118 - texts
    if not is_below(prefix, path):
        raise _outside(prefix, resource_identifier)
    return path


def confined(prefix: str, path: str) -> str:
    """Return a path of `path_below`, once it is known where symbolic links on the way to it and at its end lead.

    Raises:
        AccessorFilesystemPathError: If they lead to what is not the prefix or below it.

    Cost: one system call per part of the path below the prefix.
    """
    if prefix and _may_have_links(prefix, path) and not is_below(os.path.realpath(prefix), os.path.realpath(path)):
        raise _outside(prefix, path, hint=" A symbolic link on the way leads elsewhere.")
    return path


def is_below(prefix: str, path: str) -> bool:
    """Return whether a normal path is another or below it, compared part by part and as the system compares names."""
    above, below = os.path.normcase(os.path.normpath(prefix)), os.path.normcase(path)
    return below == above or below.startswith(above if above.endswith(os.sep) else above + os.sep)


def relative(prefix: str, path: str) -> str:
    """Return what a normal path has below a prefix; an empty text for the prefix itself."""
    return path[len(os.path.normpath(prefix)) :].lstrip(os.sep)


def _may_have_links(prefix: str, path: str) -> bool:
    """Return whether something on the way from a prefix to a path is a link, as far as the path exists."""
    place = os.path.normpath(prefix).rstrip(os.sep)
    try:
        for part in relative(prefix, path).split(os.sep):  # noqa: PTH206 - texts throughout
            place = f"{place}{os.sep}{part}"
            status = os.lstat(place)
            if stat.S_ISLNK(status.st_mode) or getattr(status, "st_file_attributes", 0) & _REPARSE_POINT:
                return True
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _outside(prefix: str, resource_identifier: str, hint: str = "") -> exception.AccessorFilesystemPathError:
    return exception.AccessorFilesystemPathError(
        resource_identifier,
        message=f"{resource_identifier!r} is not below {prefix!r}, the prefix of the location.{hint}",
    )
