"""The shape of the code: sizes, first lines, docstrings, where imports stand and who may import what."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).resolve().parents[2] / "src"
FILES = sorted(SOURCE.rglob("*.py"))
OWN_PACKAGES = {"ftrack_api", "ftrack_protocol", "ftrack_server"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60

# A third-party package is known to few files, so that it can be replaced or left unloaded (architecture: layers).
ALLOWED_USERS = {
    "requests": ("ftrack_api/_transport/",),
    "websockets": ("ftrack_api/event/_connection.py", "ftrack_server/events/"),
    "arrow": ("ftrack_api/_state/storage.py", "ftrack_api/_codec/", "ftrack_api/entity/user.py"),
    "clique": ("ftrack_api/_location/",),
    "platformdirs": ("ftrack_api/_session/", "ftrack_api/_schema/", "ftrack_api/accessor/_resume.py"),
    "orjson": ("ftrack_protocol/json.py",),
    "sqlalchemy": ("ftrack_server/query/", "ftrack_server/storage/"),
    "psycopg": ("ftrack_server/storage/",),
    "starlette": (
        "ftrack_server/api/http.py",
        "ftrack_server/app.py",
        "ftrack_server/events/endpoint.py",
        "ftrack_server/events/http.py",
        "ftrack_server/media/bodies.py",
        "ftrack_server/media/http.py",
        "ftrack_server/web/",
    ),
    "uvicorn": ("ftrack_server/cli.py", "ftrack_server/testing.py", "ftrack_server/serving.py"),
    "PIL": ("ftrack_server/media/",),
}
# Packages whose functions may resolve submodules late: the tables of lazily loaded modules.
LAZY_PACKAGES = {"ftrack_api/__init__.py"}


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and top-level package of every import below a node."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield child.lineno, alias.name.partition(".")[0]
        elif isinstance(child, ast.ImportFrom) and child.level == 0 and child.module:
            yield child.lineno, child.module.partition(".")[0]
        elif isinstance(child, ast.ImportFrom):
            yield child.lineno, "ftrack_api"


def test_there_is_code_to_check() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_function_stays_readable(path: Path) -> None:
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions(tree(path)) if f.end_lineno}

    assert {k: v for k, v in long.items() if v > MAX_FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    module = tree(path)
    undocumented = [] if ast.get_docstring(module) else ["the module"]
    for node in ast.walk(module):
        if not isinstance(node, ast.ClassDef):
            continue
        members = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
        if not node.name.startswith("_"):
            undocumented += [] if ast.get_docstring(node) else [node.name]
            undocumented += [f"{node.name}.{m.name}" for m in members if _needs_docstring(m)]
    undocumented += [
        f.name for f in module.body if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) and _needs_docstring(f)
    ]

    assert undocumented == []


def _needs_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if function.name.startswith("_") or ast.get_docstring(function):
        return False
    decorators = {ast.unparse(d).rpartition(".")[2] for d in function.decorator_list}
    return not decorators & {"overload", "setter", "deleter", "override"}


def test_first_lines_tell_files_apart() -> None:
    seen: dict[str, str] = {}
    twins = []
    for path in FILES:
        first = (ast.get_docstring(tree(path)) or "").partition("\n")[0]
        if first in seen:
            twins.append((seen[first], name(path)))
        seen[first] = name(path)

    assert twins == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_own_modules_are_imported_at_the_top(path: Path) -> None:
    if name(path) in LAZY_PACKAGES:
        return
    late = [
        (line, package)
        for function in functions(tree(path))
        for line, package in imports(function)
        if package in OWN_PACKAGES
    ]

    assert late == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_third_party_packages_are_known_to_few_files(path: Path) -> None:
    own = name(path)
    strangers = [
        (line, package)
        for line, package in imports(tree(path))
        if package in ALLOWED_USERS and not any(own.startswith(allowed) for allowed in ALLOWED_USERS[package])
    ]

    assert strangers == []


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_left_unfinished(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert [mark for mark in ("TODO", "FIXME", "XXX") if mark in text] == []
