"""Data from one location into another: in pieces, told of, and whole or not there at all."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api._location import folders
from ftrack_api._transfers import Report
from ftrack_api.accessor.disk import error_handler
from ftrack_api.symbol import CHUNK_SIZE

if TYPE_CHECKING:
    from ftrack_api.accessor._folder import Folder

# Any below is a component, a location, an accessor, or data that one opened.


def copy(location: Any, component: Any, resource_identifier: str, source: Any) -> None:
    """Copy the data of a component from a source location; a container is made where the component is one.

    A failure leaves nothing under the resource identifier, nor containers that were made on the way to it.

    Raises:
        LocationError: If one of the locations has no accessor, or there is something already.
        AccessorError: If reading or writing fails.
        TransferCancelledError: If transfers are to stop.
    """
    for place in (source, location):
        if not place.accessor:
            raise exception.LocationError(
                f"No accessor is set for {place}, so that nothing can be read or written there; "
                "set location.accessor, for instance to a DiskAccessor."
            )
    if component.entity_type == "SequenceComponent":
        return
    current = _current.get()
    if current is not None and current.location is location:
        current.copy(component, resource_identifier, source)
        return
    alone = Copies(location)
    with alone:
        alone.copy(component, resource_identifier, source)


class Copies:
    """The copies of one addition, as a context: a folder on disk that many files go to is looked at once.

    Attributes:
        location: Where the data go.
    """

    def __init__(self, location: Any) -> None:
        self.location = location
        self._folder: Folder | None = None
        self._around = ""

    def __enter__(self) -> None:
        self._token = _current.set(self)

    def __exit__(self, *failure: object) -> None:
        _current.reset(self._token)
        self._leave()

    def copy(self, component: Any, resource_identifier: str, source: Any) -> None:
        """Copy the data of a component, or make a container; see `copy`."""
        if "members" in component:
            self._make(resource_identifier)
            return
        around, _, name = resource_identifier.rpartition("/")
        is_plain = name not in {"", ".", ".."} and "\\" not in name and "\0" not in name
        if self._folder is not None and around == self._around and is_plain:
            self._copy_file(component, resource_identifier, source)
            return
        self._leave()
        accessor = self.location.accessor
        made = self._make(folders.around(accessor, resource_identifier))
        try:
            if is_plain:
                self._hold(resource_identifier, around)
            self._copy_file(component, resource_identifier, source)
        except BaseException:
            folders.remove(accessor, made)
            raise

    def _make(self, container: str | None) -> list[str]:
        """Make a container; return what was missing of it, which a transaction that fails removes again."""
        accessor, transaction = self.location.accessor, self.location.session._transaction
        made = folders.make(accessor, container)
        if made and transaction is not None:
            transaction.undo(functools.partial(folders.remove, accessor, made))
        return made

    def _hold(self, resource_identifier: str, around: str) -> None:
        """Hold the folder that a file belongs to, where the accessor lets one."""
        hold = _beyond_open(self.location.accessor, "hold_folder")
        if hold is not None:
            self._folder, self._around = hold(resource_identifier), around

    def _leave(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.close()

    def _copy_file(self, component: Any, resource_identifier: str, source: Any) -> None:
        """Copy one file into a container that is there."""
        location, folder = self.location, self._folder
        accessor, origin = location.accessor, source.accessor
        name = resource_identifier.rpartition("/")[2]
        if accessor.exists(resource_identifier) if folder is None else folder.holds(name):
            raise _occupied(component, location, resource_identifier)
        place = source.get_resource_identifier(component)
        report = Report(component, location, _size_of(component))
        try:
            if folder is not None and _taken(folder, name, origin, place, report):
                return
        except exception.AccessorOperationFailedError as error:
            if not isinstance(error.__cause__, FileExistsError):
                raise
            raise _occupied(component, location, resource_identifier) from error
        if not _sent_whole(accessor, resource_identifier, origin, place, component, report):
            with _closing(origin.open(place, "rb")) as data, _written(accessor, resource_identifier) as target:
                pour(data, target, report)


_current: ContextVar[Copies | None] = ContextVar("ftrack_api_copies", default=None)


def _occupied(component: Any, location: Any, resource_identifier: str) -> exception.LocationError:
    return exception.LocationError(
        f"Cannot store {component} in {location}: there is something at {resource_identifier!r} already. "
        "Two names may lead to one place; rename the component, or remove what is there."
    )


def _taken(folder: Folder, name: str, origin: Any, place: str, report: Report) -> bool:
    """Have a folder take a file from another disk; return whether that could be done.

    Raises:
        AccessorError: If reading or writing fails; because of a `FileExistsError` if the name was taken meanwhile.
    """
    open_handle = _beyond_open(origin, "open_handle")
    handle = None if open_handle is None else open_handle(place)
    if handle is None:
        return False
    try:
        with error_handler(operation="write", resource_identifier=name):
            folder.take(name, handle, report)
    finally:
        os.close(handle)
    return True


def pour(source: Any, target: Any, report: Report) -> None:
    """Copy data piece by piece, until a piece is empty."""
    report.check()
    while content := source.read(CHUNK_SIZE):
        target.write(content)
        report.add(len(content))


def _sent_whole(
    accessor: Any, resource_identifier: str, origin: Any, place: str, component: Any, report: Report
) -> bool:
    """Hand a file on disk to an accessor that takes whole files; return whether that could be done."""
    receive = _beyond_open(accessor, "receive_file")
    if receive is None:
        return False
    try:
        path = origin.get_filesystem_path(place)
    except exception.AccessorError:
        return False
    receive(resource_identifier, path, component=component, report=report)
    return True


def _beyond_open(accessor: Any, name: str) -> Any:
    """Return a method that does better than `open`, None where an accessor has none or its `open` was replaced.

    A mock has every attribute it is asked for, so it is the class that tells.
    """
    if "open" in getattr(accessor, "__dict__", ()) or not hasattr(type(accessor), name):
        return None
    return getattr(accessor, name)


def _size_of(component: Any) -> int | None:
    size = component.get("size")
    return int(size) if isinstance(size, int | float) and size else None


@contextlib.contextmanager
def _closing(data: Any) -> Iterator[Any]:
    try:
        yield data
    finally:
        data.close()


@contextlib.contextmanager
def _written(accessor: Any, resource_identifier: str) -> Iterator[Any]:
    """Open new data, closed at the end and gone after a failure."""
    open_new = _beyond_open(accessor, "open_new")
    target = accessor.open(resource_identifier, "wb") if open_new is None else open_new(resource_identifier)
    try:
        yield target
        target.close()
    except BaseException:
        _discard(accessor, resource_identifier, target)
        raise


def _discard(accessor: Any, resource_identifier: str, target: Any) -> None:
    """Remove what was written of data; what goes wrong here hides the failure that led to it no longer."""
    discard = getattr(target, "discard", None)
    with contextlib.suppress(Exception):
        if discard is not None:
            discard()
        else:
            target.close()
            accessor.remove(resource_identifier)
