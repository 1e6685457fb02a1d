"""The old home of a copy of `ntpath`, kept for programs that import it from here."""

from __future__ import annotations

from ntpath import *  # noqa: F403 - all of it, as it was
