"""Components of files and of sequences of files, made from paths."""

# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftrack_api._garbage import garbage_waits
from ftrack_api._location import frames
from ftrack_api._location.availability import accessible
from ftrack_api.symbol import ORIGIN_LOCATION_ID, REVIEW_LOCATION_ID

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

FILE_TYPE_TOPIC = "ftrack.api.session.get-file-type-from-string"
REVIEW_NAMES = frozenset({"ftrackreview-mp4", "ftrackreview-webm", "ftrackreview-image"})
NAMED_MISSING = 3  # missing files that a message names

_logger = logging.getLogger(__name__)

# Any below is an entity, or the value of one of its attributes.


def create(session: SessionProtocol, path: str | os.PathLike[str], data: Mapping[str, Any] | None, place: Any) -> Any:
    """Return the component of a path; see `Session.create_component`."""
    text = os.fspath(path)
    if not isinstance(text, str):
        raise TypeError(f"A component is made of a path that is text or a pathlib.Path, not of {path!r}.")
    if not text or "\0" in text:
        raise ValueError(f"{text!r} cannot be the path of a file: it is empty, or holds a null character.")
    if data is not None and not isinstance(data, Mapping):
        raise TypeError(f"The data of a component are a mapping such as {{'name': 'main'}}, not {data!r}.")
    values = dict(data or {})
    if place == "auto":
        place = _automatic(session, values.get("name"))
    found = frames.parse(text)
    if found is None:
        return _create_file(session, text, values, place)
    return _create_sequence(session, found, values, place)


def origin_of(session: SessionProtocol) -> Any:
    """Return the location that knows, for the time of the session, which paths components were made of."""
    accessible(session)  # configures the locations if that is needed
    return session.get("Location", ORIGIN_LOCATION_ID)


def _automatic(session: SessionProtocol, name: Any) -> Any:
    if name in REVIEW_NAMES:
        accessible(session)
        return session.get("Location", REVIEW_LOCATION_ID)
    return session.pick_location()


def _create_file(session: SessionProtocol, path: str, values: dict[str, Any], place: Any) -> Any:
    if "size" not in values:
        if _is_read(place) or os.path.isdir(path):  # noqa: PTH112 - texts throughout
            size_of(path)
        else:
            _sizes_or_nothing([path], path)
        values["size"] = session._get_filesystem_size(path)
    values.setdefault("file_type", _file_type(session, path))
    return session._create_component("FileComponent", path, values, place)


def _create_sequence(session: SessionProtocol, found: frames.Frames, values: dict[str, Any], place: Any) -> Any:
    texts = found.index_texts()
    paths = [f"{found.head}{text}{found.tail}" for text in texts]
    if "size" in values:
        sizes = [round(values["size"] / len(paths))] * len(paths)
    else:
        find = _sizes_of if _is_read(place) else _sizes_or_nothing
        sizes = find(paths, found.pattern)
        values["size"] = sum(sizes)
    values.setdefault("padding", found.padding)
    values.setdefault("file_type", _file_type(session, found.pattern))
    origin = origin_of(session)
    with garbage_waits():
        container = session.create("SequenceComponent", values)
        members = [
            session.create(
                "FileComponent",
                {"name": text, "container": container, "size": size, "file_type": values["file_type"]},
            )
            for text, size in zip(texts, sizes, strict=True)
        ]
        container["members"].extend(members)
        origin.add_components([*members, container], [*paths, found.pattern], recursive=False)
    if place is not None:
        place.add_component(container, origin, recursive=True)
    return container


def placed(session: SessionProtocol, component: Any, path: str, place: Any) -> Any:
    """Return a component after its path is noted in ftrack.origin and its data are added to a location, if any."""
    origin = origin_of(session)
    origin.add_component(component, path, recursive=False)
    if place is not None:
        place.add_component(component, origin, recursive=False)
    return component


def _file_type(session: SessionProtocol, path: str) -> str:
    """Return the type of a file: what a plugin says, else a compound one the session knows, else the extension."""
    if session.event_hub.wants(FILE_TYPE_TOPIC):
        results = session._announce(FILE_TYPE_TOPIC, {"file_path": path})
        answer = next((result for result in results or () if result), None)
        if answer:
            return str(answer)
    compound = [ending for ending in session.compound_file_types if path.lower().endswith(ending.lower())]
    if compound:
        return path[-len(max(compound, key=len)) :]
    return os.path.splitext(path)[-1]  # noqa: PTH122 - the path may hold %04d and what else


def _is_read(place: Any) -> bool:
    """Return whether adding a component to a location reads its data, which therefore have to be here."""
    return place is not None and getattr(place, "_needs_data", True)


def _sizes_or_nothing(paths: Sequence[str], name: str) -> list[int]:
    """Return the sizes of files, 0 for those that are not here: another machine has them, or is to make them."""
    sizes = [size_if_there(path) for path in paths]
    missing = sizes.count(None)
    if missing:
        _logger.warning("%d of %d files of %r are not here; their sizes are recorded as 0.", missing, len(paths), name)
    return [size or 0 for size in sizes]


def size_of(path: str) -> int:
    """Return the size of a file.

    Raises:
        FileNotFoundError: If there is none.
        IsADirectoryError: If it is a folder.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - texts throughout
    except OSError as error:
        raise type(error)(
            error.errno,
            f"{error.strerror}; no component was made. Give its size in data={{'size': …}} to make one of a file that "
            "cannot be read here",
            path,
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(
            f"{path!r} is a folder; no component was made. Make a ContainerComponent, and add it to ftrack.origin with "
            "the path of the folder."
        )
    return status.st_size


def _sizes_of(paths: Sequence[str], pattern: str) -> list[int]:
    """Return the sizes of files.

    Raises:
        FileNotFoundError: If some are missing.
    """
    sizes = [size_if_there(path) for path in paths]
    missing = [os.path.basename(path) for path, size in zip(paths, sizes, strict=True) if size is None]  # noqa: PTH119
    if missing:
        more = f" and {len(missing) - NAMED_MISSING} more" if len(missing) > NAMED_MISSING else ""
        raise FileNotFoundError(
            f"{len(missing)} of {len(paths)} frames of {pattern!r} are missing: {', '.join(missing[:NAMED_MISSING])}"
            f"{more}; no component was made. Give the size of all in data={{'size': …}} to make one nevertheless."
        )
    return [size for size in sizes if size is not None]


def size_if_there(path: str) -> int | None:
    """Return the bytes of a file, None when it cannot be read."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - texts throughout
    except OSError:
        return None
