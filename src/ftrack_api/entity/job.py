"""Jobs that a program reports its progress with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftrack_api.entity import base

API_JOB = "api_job"


class Job(base.Entity):
    """A job; those a client makes are of type ``api_job``."""

    __slots__ = ()

    def _construct(self, data: Mapping[str, Any]) -> None:
        """Take data as those of a new job.

        Raises:
            ValueError: If another type than ``api_job`` is asked for.
        """
        if data.get("type") not in {None, API_JOB}:
            raise ValueError(f'A client can only create jobs of type "{API_JOB}", not {data["type"]!r}.')
        super()._construct(data)
