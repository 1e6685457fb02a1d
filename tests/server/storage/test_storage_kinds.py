"""Databases of both kinds in one process: none takes anything from the tables of the other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from ftrack_server.app import open_database
from ftrack_server.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def references(path: Path) -> set[tuple[str, str, str]]:
    """Return table, column and target of every foreign key of a file."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            (table, key[3], key[2])
            for table in tables
            for key in connection.execute(f'PRAGMA foreign_key_list("{table}")')
        }


def test_a_file_made_after_a_postgresql_database_has_every_foreign_key(tmp_path: Path, postgresql: Any) -> None:
    before, after = tmp_path / "before.sqlite3", tmp_path / "after.sqlite3"
    open_database(Settings(database=str(before))).close()

    with postgresql.database() as url:
        open_database(Settings(database=url)).close()
    open_database(Settings(database=str(after))).close()

    assert ("asset_version", "asset_id", "asset") in references(before)
    assert references(after) == references(before)
