"""Whom to trust: the certificates that requests would use, for connections that are made without it."""

from __future__ import annotations

import os
import ssl


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies servers.

    By the file or folder that ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE`` names, or the certificates of certifi.

    Raises:
        OSError: If there is nothing at the path.
    """
    path = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if not path:
        import certifi  # noqa: PLC0415 - takes half as long to load as an HTTP client

        path = certifi.where()
    is_folder = os.path.isdir(path)  # noqa: PTH112 - of a text
    context = ssl.create_default_context(capath=path) if is_folder else ssl.create_default_context(cafile=path)
    context.set_alpn_protocols(["http/1.1"])  # which is what is spoken, though the server may know others
    return context
