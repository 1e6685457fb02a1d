"""Every expression that real software sends is answered, and becomes the SQL that is written down for both engines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ftrack_server.errors import UnknownAttributeError

TEXTS = Path(__file__).parents[2] / "protocol" / "query" / "query_texts.txt"
GOLDEN = Path(__file__).with_name("golden_sql.txt")
# How parameters are named and cast is up to the library and the driver.
PARAMETER = re.compile(
    r"%\(\w+\)s(?:::(?:TIMESTAMP WITHOUT TIME ZONE|DOUBLE PRECISION|[A-Z]+)(?:\[\])?)?(?: COLLATE \"C\")?"
)
# Texts about syntax alone, with attributes that no type has.
MADE_UP = (
    'Task where name is "main"order by version',
    'Component where name is "fbx"and is_latest_version is true',
    'Task where not a.b like "x%"',
    "Task where not (a is b)",
    'Task where not rel has (name is "x")',
    "Task where not rel any ()",
    "Task where not rel has ()",
    'Task where is_active is "True"',
)


def texts() -> list[str]:
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip() and not line.startswith("#")]


def test_every_expression_of_real_software_is_answered(studio: Any) -> None:
    known = texts()
    assert len(known) > 140
    for text in known:
        if text in MADE_UP:
            with pytest.raises(UnknownAttributeError, match="column"):
                studio(text)
        else:
            assert isinstance(studio(text), list), text
            assert isinstance(studio(text, strict=True, denormalize=True), list), text


def golden() -> list[tuple[str, dict[str, str]]]:
    """Return each query of the file with its SQL by engine."""
    found = []
    for block in GOLDEN.read_text(encoding="utf-8").strip().split("\n\n"):
        text, *statements = block.splitlines()
        found.append((text, dict(line.split(": ", 1) for line in statements)))
    return found


@pytest.mark.parametrize(("text", "sql"), golden(), ids=[text for text, _ in golden()])
def test_queries_become_the_sql_that_is_written_down(studio: Any, text: str, sql: dict[str, str]) -> None:
    statements = studio.statements(text)
    written = " ; ".join(" ".join(PARAMETER.sub("?", statement).split()) for statement in statements)

    assert written == sql[studio.database.dialect]
