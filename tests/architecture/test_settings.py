"""Whatever a server can be told stands in its guide, with its default, and can be told on the command line."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from ftrack_server.cli import build_parser
from ftrack_server.settings import Settings

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "server.md"
NAMES = [item.name for item in fields(Settings)]
# What may hold a password, and where mail comes from, belongs to the environment or a file.
NOT_ON_THE_COMMAND_LINE = {"outbox_path", "smtp_url", "mail_from"}


def test_the_guide_has_every_setting_with_its_default() -> None:
    section = GUIDE.read_text(encoding="utf-8").partition("## Settings\n")[2].partition("\n## ")[0]
    shown = dict(re.findall(r"^\| `(\w+)` \| .+? \| (.+) \|$", section, re.MULTILINE))
    settings = Settings()
    defaults = {name: f"`{getattr(settings, name)}`" for name in NAMES if getattr(settings, name) != ""}

    assert list(shown) == NAMES
    assert {name: shown[name] for name in defaults} == defaults


def test_the_command_line_has_every_setting_that_is_no_secret() -> None:
    arguments = vars(build_parser().parse_args(["serve"]))

    assert [name for name in NAMES if name not in arguments and name not in NOT_ON_THE_COMMAND_LINE] == []
