"""Whether a host is reached without a proxy, by this environment and the settings of the system."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit


def is_direct(url: str) -> bool:
    """Return whether no proxy stands between here and the host of an address."""
    if sys.platform not in {"win32", "darwin"} and not any(name.lower().endswith("_proxy") for name in os.environ):
        return True
    import urllib.request  # noqa: PLC0415 - takes as long to load as all of the transport, mostly for nothing

    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    return not (proxies.get(parts.scheme) or proxies.get("all")) or bool(urllib.request.proxy_bypass(parts.netloc))
