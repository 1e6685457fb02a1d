"""What machines ask to see whether the server works: GET /health."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ftrack_server.storage.migrate import CURRENT
from ftrack_server.version import server_version

if TYPE_CHECKING:
    from starlette.requests import Request

    from ftrack_server.storage.engine import Database

logger = logging.getLogger(__name__)


class HealthPage:
    """Answers with status 200 while the database can be read, with 503 otherwise; asks nobody for a key.

    The reason of a failure stands in the log and not in the answer, which anybody may read. The look has a thread of
    its own, so that it does not wait for calls.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version = server_version()
        self._threads = CapacityLimiter(1)

    def routes(self) -> list[Route]:
        """Return where it is found."""
        return [Route("/health", self._answer, methods=["GET"])]

    async def _answer(self, _request: Request) -> Response:
        told = await to_thread.run_sync(self._told, limiter=self._threads)
        status = 200 if told["status"] == "ok" else 503
        return JSONResponse(told, status, headers={"cache-control": "no-store"})

    def _told(self) -> dict[str, Any]:
        found: dict[str, Any] = {"kind": self._database.dialect}
        try:
            found |= {"status": "ok", "schema_version": self._database.probe()}
        except Exception:
            logger.exception("The database cannot be read")
            found |= {"status": "unreachable"}
        else:
            if found["schema_version"] != CURRENT:
                found["status"] = "other version"
        status = "ok" if found["status"] == "ok" else "failing"
        return {"status": status, "version": self._version, "schema_version": CURRENT, "database": found}
