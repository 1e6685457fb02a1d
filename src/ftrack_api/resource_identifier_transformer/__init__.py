"""Transformers: what is written of a resource identifier, and what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api.resource_identifier_transformer import base as base

if not TYPE_CHECKING:  # checkers know the submodules from above, and refuse other names
    __getattr__, __dir__ = attach(__name__, ("base",))
