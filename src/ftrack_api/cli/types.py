"""``ftrack types``: a package with the entity types of a site, written or compared with what is there."""

from __future__ import annotations

import argparse
import keyword
import sys
from collections.abc import Mapping
from pathlib import Path

from ftrack_api.cli.stubs import render_runtime, render_stub
from ftrack_api.session import Session


def run(options: argparse.Namespace) -> int:
    """Write the package, or check it; return the exit status.

    Raises:
        ValueError: If the folder cannot be imported under its name.
        ServerError: If the site cannot be reached or refuses the user.
        OSError: If the folder cannot be written.
    """
    folder: Path = options.output
    name = folder.resolve().name
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(
            f"--output names a package that is imported, and {name!r} is no name of one; try ftrack_types."
        )
    with Session(options.server, None, options.user, plugin_paths=[], schema_cache_path=False) as session:
        schemas, address = session.schemas, session.server_url
    files = {
        "__init__.py": render_runtime(schemas, address),
        "__init__.pyi": render_stub(schemas, address, optional=options.optional),
        "py.typed": "",
    }
    if options.check:
        return _check(folder, files)
    folder.mkdir(parents=True, exist_ok=True)
    for file_name, text in files.items():
        _replace(folder / file_name, text)
    sys.stdout.write(f"Wrote {len(schemas)} entity types of {address} to {folder}.\n")
    return 0


def _check(folder: Path, files: Mapping[str, str]) -> int:
    """Return 0 when the files of a folder are as they would be written, else tell which are not."""
    stale = [name for name, text in files.items() if _content(folder / name) != text]
    for name in stale:
        sys.stdout.write(f"{folder / name} is out of date; run `ftrack types --output {folder}`.\n")
    return 1 if stale else 0


def _content(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _replace(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
