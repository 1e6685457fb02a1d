"""Data from one location into another: in pieces, told of, and whole or not there at all."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from ftrack_api import exception
from ftrack_api._location import folders
from ftrack_api._transfers import Report
from ftrack_api.symbol import CHUNK_SIZE

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
    accessor = location.accessor
    is_container = "members" in component
    made = folders.make(
        accessor, resource_identifier if is_container else folders.around(accessor, resource_identifier)
    )
    transaction = location.session._transaction
    if made and transaction is not None:
        transaction.undo(functools.partial(folders.remove, accessor, made))
    if is_container:
        return
    try:
        _copy_file(location, component, resource_identifier, source)
    except BaseException:
        folders.remove(accessor, made)
        raise


def _copy_file(location: Any, component: Any, resource_identifier: str, source: Any) -> None:
    """Copy one file into a container that is there."""
    accessor = location.accessor
    if accessor.exists(resource_identifier):
        raise exception.LocationError(
            f"Cannot store {component} in {location}: there is something at {resource_identifier!r} already. "
            "Two names may lead to one place; rename the component, or remove what is there."
        )
    place = source.get_resource_identifier(component)
    report = Report(component, location, _size_of(component))
    if not _sent_whole(accessor, resource_identifier, source.accessor, place, component, report):
        with _closing(source.accessor.open(place, "rb")) as origin, _written(accessor, resource_identifier) as target:
            pour(origin, target, report)


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
