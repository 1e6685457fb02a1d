"""The parts that a session is made of; those that few sessions need are loaded when they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._session import ensure as ensure
    from ftrack_api._session import jobs as jobs
    from ftrack_api._session import observe as observe

__getattr__, __dir__ = attach(__name__, ("ensure", "jobs", "observe"))
