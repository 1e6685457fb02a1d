"""Which database a server works on is known to the dialect alone: nobody else asks, or speaks its language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SERVER = Path(__file__).resolve().parents[2] / "src" / "ftrack_server"
DIALECT = SERVER / "storage" / "dialect"
FILES = [path for path in sorted(SERVER.rglob("*.py")) if DIALECT not in path.parents]
KINDS = {"sqlite", "postgresql", "postgres"}
OWN_WORDS = re.compile(r"\b(PRAGMA|sqlite_master|pg_\w+|ON CONFLICT|json_each|sqlstate)\b")


def name(path: Path) -> str:
    return path.relative_to(SERVER).as_posix()


def asks_for_the_kind(node: ast.AST) -> bool:
    """Return whether an expression says which kind of database there is."""
    if isinstance(node, ast.Attribute):
        named = ast.unparse(node)
        return named.endswith(
            ("dialect.name", "database.dialect", "context.dialect", "._kind", ".SQLITE", ".POSTGRESQL")
        )
    return isinstance(node, ast.Constant) and node.value in KINDS


def decisions(module: ast.Module) -> list[str]:
    """Return comparisons with, and branches on, the kind of database."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Compare):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Subscript):  # a table by kind
            parts = [node.slice]
        elif isinstance(node, ast.Match):
            parts = [node.subject]
        else:
            continue
        if any(asks_for_the_kind(part) for part in parts):
            found.append(f"line {node.lineno if hasattr(node, 'lineno') else 0}: {ast.unparse(node)[:80]}")
    return found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nobody_else_decides_by_the_kind_of_database(path: Path) -> None:
    assert decisions(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nobody_else_speaks_the_language_of_one_database(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = [
        f"line {node.lineno}: {node.value[:80]}"
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
        and (node.value in KINDS or OWN_WORDS.search(node.value))
    ]

    assert found == []


def test_one_kind_of_database_is_only_reached_through_what_chooses_it() -> None:
    """Backups are of files, or left to the tools of PostgreSQL, which `kinds` knows about."""
    kinds = re.compile(r"^from ftrack_server\.storage\.dialect\.(sqlite|postgresql)", re.MULTILINE)
    found = {name(path) for path in FILES if kinds.search(path.read_text(encoding="utf-8"))}

    assert found == {"storage/backup.py"}


@pytest.mark.parametrize(
    "code",
    [
        'if database.dialect == "sqlite": pass',
        "x = 1 if connection.dialect.name == dialect.SQLITE else 2",
        'TEXTS["postgresql"]',
        "kind = self._kind != dialect.POSTGRESQL",
    ],
)
def test_a_decision_is_noticed(code: str) -> None:
    assert decisions(ast.parse(code))
