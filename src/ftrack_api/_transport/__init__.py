"""How a request reaches the server and comes back: contract, carriers, retries and the meaning of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._transport import http as http
    from ftrack_api._transport import pool as pool
    from ftrack_api._transport import stand_in as stand_in

# The first two load an HTTP library, and few sessions need both; the last one is of use with requests alone.
__getattr__, __dir__ = attach(__name__, ("http", "pool", "stand_in"))
