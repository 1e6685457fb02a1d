"""The command line: serve, init, backup, check, restore, user, role, key."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftrack_server import administration, logs, serving
from ftrack_server.app import create_app, open_database
from ftrack_server.errors import ServerError
from ftrack_server.settings import SEEDS, Settings, SettingsError, load_settings
from ftrack_server.storage import backup
from ftrack_server.storage.dialect.kinds import shown
from ftrack_server.version import server_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_server.storage.engine import Database

FIRST_KEY_LABEL = "First key"

LIMITS = (
    ("max_request_bytes", "BYTES", "largest request"),
    ("max_operations", "NUMBER", "most operations in one batch"),
    ("max_expression_length", "CHARACTERS", "longest query expression"),
    ("max_page_rows", "NUMBER", "most rows in the answer to one query"),
    ("query_timeout", "SECONDS", "how long a query may take"),
    ("write_timeout", "SECONDS", "how long a batch waits for other writers"),
    ("shutdown_timeout", "SECONDS", "how long batches under way may take to finish"),
    ("readers", "NUMBER", "database connections for reading"),
    ("event_connections", "NUMBER", "clients of the event server at a time"),
    ("event_frame_size", "CHARACTERS", "longest frame that such a client may send"),
    ("event_queue_frames", "NUMBER", "frames that may wait for a client that reads slowly"),
    ("event_queue_size", "CHARACTERS", "characters that may wait for it"),
    ("event_subscriptions", "NUMBER", "subscriptions of one connection"),
    ("event_heartbeat", "SECONDS", "time between heartbeats of event connections"),
    ("event_recovery", "SECONDS", "time for hubs to come back after a crash"),
    ("event_log_events", "NUMBER", "events of changes that are kept for those who were not there"),
    ("event_log_size", "CHARACTERS", "how long all of these may be together"),
    ("max_upload_bytes", "BYTES", "largest file that may be uploaded"),
    ("upload_seconds", "SECONDS", "how long an upload may take"),
    ("link_seconds", "SECONDS", "how long the address of a file in an answer is valid"),
)
"""Settings of `serve` about sizes and times: name, unit, what they are."""


class CommandError(Exception):
    """A command that cannot be carried out, in words for whoever typed it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Words after the program's name; those of the process when omitted.

    Returns:
        The exit code: 0 when it was done, 1 when it could not be. Wrong words end in code 2, by `SystemExit`.
    """
    options = build_parser().parse_args(arguments)
    try:
        settings = _settings(options)
        logs.configure(settings.log_level, settings.log_format)
        options.run(settings, options)
    except (CommandError, ServerError, SettingsError) as error:
        print(f"ftrack-server: {error}", file=sys.stderr)  # noqa: T201 - a command speaks to a person
        return 1
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the grammar of the command line."""
    parser = argparse.ArgumentParser(prog="ftrack-server", description="An open server for ftrack clients.")
    parser.add_argument("--version", action="version", version=f"ftrack-server {server_version()}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--database", metavar="PATH_OR_URL", help="SQLite file or postgresql:// URL (ftrack.sqlite3)")
    common.add_argument("--settings", metavar="FILE", type=Path, help="TOML file with a [server] table")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    serve = commands.add_parser("serve", parents=[common], help="answer clients until interrupted")
    serve.add_argument("--host", help="address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, help="TCP port, 0 for any that is free (8060)")
    serve.add_argument("--public-url", metavar="URL", help="address under which clients reach the server")
    serve.add_argument("--files-path", metavar="FOLDER", help="folder of uploaded files (beside the database)")
    serve.add_argument("--s3-bucket", metavar="NAME", help="bucket that keeps uploaded files instead of a folder")
    serve.add_argument("--s3-endpoint", metavar="URL", help="address of an S3-compatible service (Amazon S3)")
    serve.add_argument("--s3-region", metavar="NAME", help="region of the bucket")
    serve.add_argument("--s3-prefix", metavar="TEXT", help="what the names of objects begin with")
    serve.add_argument("--log-level", help="critical, error, warning, info or debug (info)")
    serve.add_argument("--log-format", help="json for one object per line, or text (json)")
    for name, kind, words in LIMITS:
        serve.add_argument(f"--{name.replace('_', '-')}", metavar=kind, help=f"{words} ({getattr(Settings(), name)})")
    _add_seed(serve)
    serve.set_defaults(run=_serve)

    init = commands.add_parser("init", parents=[common], help="make a database and a key for its first user")
    _add_seed(init)
    init.set_defaults(run=_init)

    copy = commands.add_parser("backup", parents=[common], help="copy an SQLite database while servers use it")
    copy.add_argument("--to", metavar="FILE", type=Path, required=True, help="the file to make")
    copy.add_argument("--replace", action="store_true", help="let a file go that is there")
    copy.set_defaults(run=_backup)

    check = commands.add_parser("check", parents=[common], help="look for damage in an SQLite database")
    check.set_defaults(run=_check)

    restore = commands.add_parser("restore", parents=[common], help="make a backup the database, after checking it")
    restore.add_argument("--from", metavar="FILE", type=Path, required=True, dest="source", help="a backup")
    restore.add_argument("--replace", action="store_true", help="let a database go that is there, and not in use")
    restore.set_defaults(run=_restore)

    _add_user_commands(commands.add_parser("user", help="add, list and deactivate users"), common)
    _add_role_commands(commands.add_parser("role", help="show roles, grant and revoke them"), common)
    _add_key_commands(commands.add_parser("key", help="make, list and revoke API keys"), common)
    return parser


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", choices=SEEDS, help="what a new database starts with (empty)")


def _add_user_commands(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add = commands.add_parser("add", parents=[common], help="add an active user")
    add.add_argument("username")
    add.add_argument("--first-name")
    add.add_argument("--last-name")
    add.add_argument("--email")
    add.set_defaults(run=_user_add)
    listing = commands.add_parser("list", parents=[common], help="show all users")
    listing.set_defaults(run=_user_list)
    deactivate = commands.add_parser("deactivate", parents=[common], help="let a user not sign in any more")
    deactivate.add_argument("username")
    deactivate.set_defaults(run=_user_deactivate)


def _add_role_commands(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    listing = commands.add_parser("list", parents=[common], help="show all roles, what they allow and who holds them")
    listing.set_defaults(run=_role_list)
    grant = commands.add_parser("grant", parents=[common], help="give a user a role on all open projects, or on one")
    grant.add_argument("username")
    grant.add_argument("role", help='its name, such as "Project Manager"')
    grant.add_argument("--project", metavar="NAME", help="the only project that it extends to; may be private")
    grant.set_defaults(run=_role_grant)
    revoke = commands.add_parser("revoke", parents=[common], help="take a role from a user")
    revoke.add_argument("username")
    revoke.add_argument("role")
    revoke.set_defaults(run=_role_revoke)


def _add_key_commands(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    create = commands.add_parser("create", parents=[common], help="make a key and show it, this once")
    owner = create.add_mutually_exclusive_group(required=True)
    owner.add_argument("--user", metavar="USERNAME", help="whose key it is")
    owner.add_argument("--global", dest="everybody", action="store_true", help="a key for any user name")
    create.add_argument("--label", default="Made on the command line", help="what to call it")
    create.set_defaults(run=_key_create)
    listing = commands.add_parser("list", parents=[common], help="show all keys, without their secrets")
    listing.set_defaults(run=_key_list)
    revoke = commands.add_parser("revoke", parents=[common], help="remove a key")
    revoke.add_argument("key", help="id or prefix of the key")
    revoke.set_defaults(run=_key_revoke)


def _settings(options: argparse.Namespace) -> Settings:
    given = {item.name: getattr(options, item.name, None) for item in fields(Settings)}
    return load_settings(given, file=options.settings)


def _serve(settings: Settings, _options: argparse.Namespace) -> None:
    database = open_database(settings)
    try:
        try:
            listener = serving.bind(settings.host, settings.port)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. "
                "Choose another with --port, or 0 for any that is free."
            ) from error
        url = serving.address(listener)
        key = administration.create_first_key(database, FIRST_KEY_LABEL)

        def announce() -> None:
            _say(url)
            if key is not None:
                _say_key(key)

        application = create_app(settings, database)
        serving.serve(application, listener, announce, shutdown_timeout=settings.shutdown_timeout)
    finally:
        database.close()


def _init(settings: Settings, _options: argparse.Namespace) -> None:
    database = open_database(settings)
    try:
        key = administration.create_first_key(database, FIRST_KEY_LABEL)
    finally:
        database.close()
    if key is None:
        raise CommandError(f"The database {shown(settings.database)} is in use already; nothing was changed.")
    _say(f"Made the database {shown(settings.database)}.")
    _say_key(key)


def _backup(settings: Settings, options: argparse.Namespace) -> None:
    made = backup.backup(settings.database, options.to, replace=options.replace)
    _say(f"Backed up {settings.database} to {options.to}: {made.size_bytes:,} bytes, version {made.version}, checked.")


def _check(settings: Settings, _options: argparse.Namespace) -> None:
    found = backup.check(settings.database)
    _say(f"{settings.database} is sound: {found.size_bytes:,} bytes, version {found.version}.")


def _restore(settings: Settings, options: argparse.Namespace) -> None:
    made = backup.restore(settings.database, options.source, replace=options.replace)
    _say(f"Restored {settings.database} from {options.source}: {made.size_bytes:,} bytes, version {made.version}.")


def _user_add(settings: Settings, options: argparse.Namespace) -> None:
    details = {name: getattr(options, name) for name in ("first_name", "last_name", "email")}
    with _Existing(settings) as database:
        id_ = administration.add_user(database, options.username, details)
    _say(f"Added the user {options.username} with the id {id_}.")
    _say(f"Make a key for them with: ftrack-server key create --user {options.username}")


def _user_list(settings: Settings, _options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        listed = administration.users(database)
    names = (f"{row['first_name'] or ''} {row['last_name'] or ''}".strip() for row in listed)
    state = ("active" if row["is_active"] else "inactive" for row in listed)
    _table([(str(row["username"]), word, name) for row, word, name in zip(listed, state, names, strict=True)])


def _user_deactivate(settings: Settings, options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        administration.deactivate_user(database, options.username)
    _say(f"{options.username} cannot sign in any more.")


def _role_list(settings: Settings, _options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        listed = administration.roles(database)
    _table([(role.name, " ".join(role.rights) or "-", " ".join(role.holders) or "-") for role in listed])


def _role_grant(settings: Settings, options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        administration.grant_role(database, options.username, options.role, options.project)
    where = f"the project {options.project}" if options.project else "all open projects"
    _say(f"{options.username} has the role {options.role} on {where}.")


def _role_revoke(settings: Settings, options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        administration.revoke_role(database, options.username, options.role)
    _say(f"{options.username} has the role {options.role} no more.")


def _key_create(settings: Settings, options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        key = administration.create_key(database, None if options.everybody else options.user, options.label)
    _say_key(key)


def _key_list(settings: Settings, _options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        listed = administration.keys(database)
    _table([(key.id, f"{key.prefix}…", key.username or "(global)", key.label) for key in listed])


def _key_revoke(settings: Settings, options: argparse.Namespace) -> None:
    with _Existing(settings) as database:
        key = administration.revoke_key(database, options.key)
    _say(f"Revoked the key {key.id} of {key.username or 'everybody'}.")


class _Existing:
    """The database of a command that works on one; it is not made on the way."""

    def __init__(self, settings: Settings) -> None:
        self._database = open_database(settings, existing=True)

    def __enter__(self) -> Database:
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()


def _say(text: str) -> None:
    """Print a line at once, also when the output is a pipe that a program reads."""
    print(text, flush=True)  # noqa: T201 - the output of the command


def _say_key(key: administration.NewKey) -> None:
    _say(f"FTRACK_API_USER={key.username}" if key.username else "A global key, for any FTRACK_API_USER:")
    _say(f"FTRACK_API_KEY={key.secret}")
    _say("The key is shown this once; only its hash is stored.")


def _table(rows: Sequence[tuple[Any, ...]]) -> None:
    """Print rows with aligned columns."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (str(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        _say("  ".join(cells).rstrip())
