"""``ftrack upload``: files and sequences as components, gone on with when the command is given again."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from ftrack_api._location import frames
from ftrack_api.accessor._resume import Notes
from ftrack_api.cli._bar import amount
from ftrack_api.cli._transfer import add_options, location_of, transferring

if TYPE_CHECKING:
    from ftrack_api.session import Session

# Any below is an entity, or a value of one.

NAMED_FILES = 3
"""How many missing files are named."""


def add(commands: Any) -> None:
    """Add the command to those of a parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "upload",
        help="upload files as components",
        description="Upload files and sequences as components, each in one piece or not at all. After a break or "
        "Ctrl-C, give the same command again: what the server has of a large file is not sent again.",
    )
    command.add_argument("paths", metavar="PATH", nargs="+", help="a file, or a sequence as 'shot.%%04d.exr [1-10]'")
    command.add_argument("--version", metavar="ID", help="id of the version that the components belong to")
    command.add_argument("--name", help="name of the component (default: that of the file), for a single PATH")
    add_options(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Upload files one after the other; return the exit status.

    Raises:
        ValueError: If the version, the location or a file is not there or cannot be read, a name is empty, or one name
            is given for several files. Nothing was uploaded then.
        LocationError: If a file could not be transferred; the session has nothing of it then.
        TransferCancelledError: If the user stops it.
    """
    if options.name is not None and len(options.paths) > 1:
        raise ValueError(f"--name is the name of one component, and there are {len(options.paths)} paths.")
    if options.name == "":
        raise ValueError("--name is empty; leave it out to name the component after its file.")
    for path in options.paths:
        _check_path(path)
    with transferring(options) as (session, bar):
        place = location_of(session, options.location)
        version = _version(session, options.version)
        for path in options.paths:
            bar.begin(os.path.basename(path))  # noqa: PTH119 - the path may hold %04d and what else
            data = {"name": options.name or name_of(path), **_unfinished(session, path)}
            if version is not None:
                data["version"] = version
            with session.transaction():
                component = session.create_component(path, data, location=place)
            bar.clear()
            size = amount(component["size"] or 0)
            sys.stdout.write(f"{component['id']}  {path}  {size} in {place['name']}\n")
            sys.stdout.flush()
    return 0


def name_of(path: str) -> str:
    """Return the name of the component of a path: that of the file, without its type or the numbers of frames."""
    found = frames.parse(path)
    if found is None:
        return os.path.splitext(os.path.basename(path))[0]  # noqa: PTH119, PTH122 - as above
    return os.path.basename(found.head).rstrip("._- ") or "sequence"  # noqa: PTH119 - as above


def _check_path(path: str) -> None:
    """Look whether a file, or all frames of a sequence, can be read.

    Raises:
        ValueError: If not, with what can be done.
    """
    found = frames.parse(path)
    if found is None and os.path.isdir(path):  # noqa: PTH112 - as above
        raise ValueError(f"{path!r} is a folder; name the files in it, as in {path.rstrip(os.sep)}/*.")
    files = [path] if found is None else [f"{found.head}{text}{found.tail}" for text in found.index_texts()]
    missing = [file for file in files if not os.path.isfile(file)]  # noqa: PTH113 - as above
    if missing:
        more = f" and {len(missing) - NAMED_FILES} more" if len(missing) > NAMED_FILES else ""
        raise ValueError(
            f"There is no file {', '.join(map(repr, missing[:NAMED_FILES]))}{more}; check the spelling and the folder. "
            "Nothing was uploaded."
        )
    for file in files:
        if not os.access(file, os.R_OK):
            raise ValueError(f"The file {file!r} may not be read by you; ask its owner. Nothing was uploaded.")


def _version(session: Session, version_id: str | None) -> Any:
    if version_id is None:
        return None
    version = session.get("AssetVersion", version_id)
    if version is None:
        raise ValueError(f"There is no version {version_id!r}, or you may not see it; --version takes its id.")
    return version


def _unfinished(session: Session, path: str) -> dict[str, str]:
    """Return the id under which an upload of a file has begun, as the server knows it by that."""
    begun = Notes(session, path).read()
    if begun is None or session.get("Component", begun.component_id) is not None:
        return {}
    return {"id": begun.component_id}
