"""Lazy messages and announced deprecations."""

from __future__ import annotations

import logging

import pytest

from ftrack_api.logging import LazyLogMessage, deprecation_warning


class Counting:
    shown = 0

    def __format__(self, spec):
        self.shown += 1
        return f"<{spec}>"


def test_a_lazy_message_is_formatted_when_it_is_written(caplog):
    value = Counting()
    logger = logging.getLogger("lazy")
    caplog.set_level(logging.INFO, logger="lazy")

    logger.debug(LazyLogMessage("{0:x} {name}", value, name="n"))
    assert value.shown == 0
    logger.info(LazyLogMessage("{0:x} {name}", value, name="n"))

    assert caplog.messages == ["<x> n"]


def test_a_deprecated_function_warns_at_each_call_and_works():
    @deprecation_warning("use something else")
    def old(value):
        """Say something."""
        return value

    for _ in range(2):
        with pytest.warns(PendingDeprecationWarning, match="something else"):
            assert old(5) == 5
    assert (old.__name__, old.__doc__) == ("old", "Say something.")
