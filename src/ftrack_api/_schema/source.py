"""Schemas from the cache when the server's hash says they still hold, from the server otherwise."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal

from ftrack_api._schema import cache_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_api._schema.cache_file import Schemas, StrPath

_logger = logging.getLogger(__name__)


def load(path: StrPath | Literal[False] | None, server_hash: Any, fetch: Callable[[], Schemas]) -> Schemas:
    """Return the schemas of a server.

    Args:
        path: The server's file, see `cache_file.file_for`; None or False to keep nothing.
        server_hash: What the server reports as ``schema_hash``. A server that reports none is asked each time.
        fetch: Asks the server; called at most once.

    Cost: no request when the file holds the server's hash.
    """
    if not path:
        return fetch()
    usable = isinstance(server_hash, str) and bool(server_hash)
    cached = cache_file.read(path) if usable else None
    if cached is not None and cached[1] == server_hash:
        _logger.debug("Using schemas from %s.", path)
        return list(cached[0].values())
    schemas = fetch()
    cache_file.write(path, schemas, server_hash if usable else None)
    return schemas
