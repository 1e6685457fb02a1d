"""``ftrack download``: components as files, each whole or not there, gone on with when the command is given again."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftrack_api._location.copying import pour
from ftrack_api._transfers import Report
from ftrack_api.cli._bar import amount
from ftrack_api.cli._transfer import add_options, location_of, transferring
from ftrack_api.structure.standard import StandardStructure

if TYPE_CHECKING:
    from ftrack_api.session import Session

PROJECTIONS = "name, file_type, size, members.name, members.file_type, members.size"

# Any below is an entity.


def add(commands: Any) -> None:
    """Add the command to those of a parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "download",
        help="download components",
        description="Download components, containers and sequences with their members. Files appear when they are "
        "whole. After a break or Ctrl-C, give the same command again: what has arrived is not asked for again.",
    )
    command.add_argument("components", metavar="ID", nargs="+", help="id of a component")
    command.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help="folder (default: the current one)")
    command.add_argument("--overwrite", action="store_true", help="replace files that are there")
    add_options(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Download components one after the other; return the exit status.

    Raises:
        ValueError: If a component is not there, in no location that can be read, or two want the same file.
        FileExistsError: If a file is there already, of another size than that of the component.
        AccessorError: If data cannot be read.
        TransferCancelledError: If the user stops it.
    """
    with transferring(options) as (session, bar):
        location = location_of(session, options.location, default=None)
        for component_id in options.components:
            for component, path in _files(session, component_id, options.to):
                place = location or session.pick_location(component)
                if place is None:
                    raise ValueError(
                        f"{component} is in no location that can be read here; a plugin in one of the folders of "
                        "FTRACK_EVENT_PLUGIN_PATH has to say how to reach one that holds it."
                    )
                bar.begin(path.name)
                arrived = options.overwrite or not _is_there(path, component)
                if arrived:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    _fetch(place, component, path)
                bar.clear()
                told = amount(path.stat().st_size) if arrived else "is there already"
                sys.stdout.write(f"{component['id']}  {path}  {told}\n")
                sys.stdout.flush()
    return 0


def _files(session: Session, component_id: str, folder: Path) -> Iterator[tuple[Any, Path]]:
    """Yield the files of a component, members of containers included, with the paths they get.

    Raises:
        ValueError: If there is no such component, or two files would get one path.
    """
    component = session.get("Component", component_id)
    if component is None:
        raise ValueError(f"There is no component {component_id!r}, or you may not see it; give its id.")
    taken: dict[Path, Any] = {}
    for file, path in _below(session, component, folder):
        other = taken.setdefault(path, file)
        if other is not file:
            raise ValueError(f"{other} and {file} would both be {path}; rename one of them.")
        yield file, path


def _below(session: Session, component: Any, folder: Path) -> Iterator[tuple[Any, Path]]:
    session.populate(component, PROJECTIONS if "members" in component else "name, file_type, size")
    if "members" not in component:
        yield component, folder / _file_name(component["name"], component["file_type"])
        return
    is_sequence = component.entity_type == "SequenceComponent"
    inside = folder if is_sequence else folder / _file_name(component["name"], "")
    for member in component["members"]:
        if is_sequence:
            yield member, inside / _file_name(f"{component['name']}.{member['name']}", member["file_type"])
        else:
            yield from _below(session, member, inside)


def _file_name(name: str, file_type: str | None) -> str:
    """Return a name as a part of a path that leads nowhere else."""
    ending = f".{file_type.lstrip('.')}" if file_type else ""
    return StandardStructure(unicode=True).sanitise_for_filesystem(name + ending)


def _is_there(path: Path, component: Any) -> bool:
    """Return whether a file is there in the size of the component.

    Raises:
        FileExistsError: If there is something else.
    """
    if not path.exists():
        return False
    if path.is_file() and path.stat().st_size == component["size"]:
        return True
    raise FileExistsError(f"{path} is there already, and of another size than the component; see --overwrite.")


def _fetch(place: Any, component: Any, path: Path) -> None:
    """Bring the data of a component from a location into a file."""
    identifier = place.get_resource_identifier(component)
    report = Report(component, None, int(component["size"] or 0) or None)
    send = getattr(place.accessor, "send_file", None)
    if send is not None:
        send(identifier, str(path), component=component, report=report)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with contextlib.closing(place.accessor.open(identifier, "rb")) as source, part.open("wb") as target:
            pour(source, target, report)
        os.replace(part, path)  # noqa: PTH105 - says what happens to a file that is there
    finally:
        part.unlink(missing_ok=True)
