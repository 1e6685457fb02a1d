"""The command line: options, the command they name, and failures in one line.

Written with argparse, so that the command comes with a plain install and needs nothing that the client does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ftrack_api import exception
from ftrack_api.cli import download, events, types, upload
from ftrack_api.cli._failures import told, warnings_shown

REFUSED, STOPPED = 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status.

    Args:
        arguments: Words after the name of the program; those of the process when omitted.

    Returns:
        0; 1 when a check finds something, 2 when the command cannot be done, 130 when the user stopped it.
    """
    options = build_parser().parse_args(arguments)
    try:
        with warnings_shown(options.command):
            return int(options.run(options))
    except (KeyboardInterrupt, exception.TransferCancelledError):
        sys.stderr.write(f"ftrack {options.command}: stopped; give the same command again to go on.\n")
        return STOPPED
    except (exception.Error, OSError, TypeError, ValueError) as error:
        sys.stderr.write(f"ftrack {options.command}: {told(error)}\n")
        return REFUSED


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="ftrack",
        description="Ask an ftrack site. The API key is read from FTRACK_API_KEY, never from the options.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "types",
        help="write the entity types of a site for type checkers and editors",
        description="Write a package with the entity types of a site, for type checkers and editors.",
    )
    command.add_argument(
        "--output", type=Path, default=Path("ftrack_types"), help="folder of the package (default: %(default)s)"
    )
    command.add_argument("--server", metavar="URL", help="address of the site (default: FTRACK_SERVER)")
    command.add_argument("--user", metavar="NAME", help="user name (default: FTRACK_API_USER)")
    command.add_argument(
        "--optional", action="store_true", help="add None to the values that the site does not require"
    )
    command.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if the package is out of date"
    )
    command.set_defaults(run=types.run)
    upload.add(commands)
    download.add(commands)
    events.add(commands)
    return parser
