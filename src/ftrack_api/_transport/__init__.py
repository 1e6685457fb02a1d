"""How a request reaches the server and comes back: contract, carriers, retries and the meaning of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._transport import certificates as certificates
    from ftrack_api._transport import direct as direct
    from ftrack_api._transport import http as http
    from ftrack_api._transport import pool as pool
    from ftrack_api._transport import stand_in as stand_in

# Each but the last two loads an HTTP library, and most sessions need `direct` alone; `stand_in` is of use with requests
# alone, and `certificates` over TLS.
__getattr__, __dir__ = attach(__name__, ("direct", "http", "pool", "stand_in", "certificates"))
