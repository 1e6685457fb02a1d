"""The table of defects and the tests of defects name the same numbers, all 81 of them."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "compatibility.md"
ROW = re.compile(r"^\| D(?P<number>\d+) \| [^|]+ \| (?P<state>\w+) \| (?P<reason>[^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"def test_d(\d+)_")


def rows() -> dict[int, tuple[str, str]]:
    found = ROW.finditer(PAGE.read_text(encoding="utf-8"))
    return {int(row["number"]): (row["state"], row["reason"].strip()) for row in found}


def with_a_test() -> set[int]:
    files = [file for area in ("client", "integration") for file in (REPOSITORY / "tests" / area).rglob("test_*.py")]
    return {int(number) for file in files for number in TEST.findall(file.read_text(encoding="utf-8"))}


def test_the_table_has_every_number_once() -> None:
    numbers = [int(row["number"]) for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]

    assert numbers == list(range(1, 82))


def test_every_row_says_what_became_of_it() -> None:
    assert {state for state, _ in rows().values()} <= {"fixed", "kept", "same", "pending"}
    assert all(reason for _, reason in rows().values())


def test_table_and_tests_name_the_same_numbers() -> None:
    """What is pending names the part of the project that brings it, and needs no test before."""
    pending = {number for number, (state, _) in rows().items() if state == "pending"}

    assert set(rows()) - with_a_test() <= pending
    assert with_a_test() <= set(rows())
    assert {reason for state, reason in rows().values() if state == "pending"} <= {"locations", "events"}
