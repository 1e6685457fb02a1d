"""Sessions whose server answers with what a test prepared, so that only the work of the client is counted."""

from __future__ import annotations

import cProfile
import gc
import importlib
import json
import pkgutil
import pstats
from typing import TYPE_CHECKING, Any

import pytest

import ftrack_api
import ftrack_protocol.json
from ftrack_api._transport.base import Response
from ftrack_api.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Prepared:
    """A transport that gives the answers put into it, again and again in turn."""

    def __init__(self, *answers: Any) -> None:
        self.requests = 0
        self.answers = [json.dumps(answer).encode() for answer in answers]

    def send(self, request: Any) -> Response:
        del request
        answer = self.answers[self.requests % len(self.answers)]
        self.requests += 1
        return Response(200, {}, answer)

    def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def documents(reference_schemas: Path) -> list[dict[str, Any]]:
    """The schemas of a real server: an entity type has the number of attributes it has there."""
    return json.loads((reference_schemas / "schemas_newest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", autouse=True)
def _all_is_loaded() -> None:
    """Load what is loaded when it is needed: whether a test meets the first need depends on what ran before."""
    ftrack_protocol.json._accelerator.get()
    for module in pkgutil.walk_packages(ftrack_api.__path__, "ftrack_api."):
        importlib.import_module(module.name)


@pytest.fixture
def offline(documents: list[dict[str, Any]]) -> Iterator[Session]:
    """A session with the types of a real server; give it answers with `answering`."""

    class Offline(Session):
        def _create_transport(self, config: Any) -> Any:
            del config
            return Prepared([{"version": "dev"}, documents])

    session = Offline("http://studio.test", "key", "kim", schema_cache_path=False, plugin_paths=[])
    yield session
    session.recorded_operations.clear()
    session.close()


@pytest.fixture
def answering(offline: Session) -> Callable[..., Prepared]:
    """Prepare what the server says to the requests to come."""

    def prepare(*answers: Any) -> Prepared:
        offline._transport = Prepared(*answers)
        return offline._transport

    return prepare


@pytest.fixture(scope="session")
def calls_of() -> Callable[[Callable[[], Any]], int]:
    """Count the calls, of Python functions and builtins alike, that some work takes.

    The garbage collector rests meanwhile: a collection calls `gc.callbacks` (Hypothesis installs one), at moments
    that depend on what ran before, and those calls are not the work's.
    """

    def count(work: Callable[[], Any]) -> int:
        profile = cProfile.Profile()
        gc.disable()
        try:
            profile.enable()
            work()
            profile.disable()
        finally:
            gc.enable()
        return pstats.Stats(profile).total_calls

    return count
