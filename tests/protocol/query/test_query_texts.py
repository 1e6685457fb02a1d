"""Query texts that real tools send: each is read, and means the same after being written out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftrack_protocol.query.parser import parse
from ftrack_protocol.query.render import render

LINES = Path(__file__).with_name("query_texts.txt").read_text(encoding="utf-8").splitlines()
TEXTS = [line for line in LINES if line and not line.startswith("#")]
MULTI_LINE = [
    'select id, name from Task\n  where project_id is "p-1"\n  and status.name is_not "Done"\n  order by name',
    "Task\nwhere name is a",
    " Task",
    "Task ",
    "\r\n\tselect id\r\n\tfrom Task\r\n\twhere\r\n\tid in (\r\n\t'a',\r\n\t'b',\r\n\t)\r\n",
]


@pytest.mark.parametrize("text", TEXTS + MULTI_LINE)
def test_text_is_read_and_keeps_its_meaning_when_written_out(text):
    select = parse(text)

    assert parse(render(select)) == select


@pytest.mark.parametrize("text", [text for text in TEXTS if "'" not in text and '"' not in text])
def test_keywords_of_any_case_read_the_same(text):
    keywords = {"select", "from", "where", "and", "or", "not", "in", "is", "is_not", "order", "by", "limit", "offset"}

    shouted = " ".join(word.upper() if word in keywords else word for word in text.split(" "))

    assert parse(shouted) == parse(text)
