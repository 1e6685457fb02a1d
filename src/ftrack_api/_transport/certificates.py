"""Whom to trust: the certificates that requests would use, for connections that are made without it."""

from __future__ import annotations

import os
import ssl

import certifi


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies servers.

    By the file or folder that ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE`` names, or the certificates of certifi.

    Raises:
        OSError: If there is nothing at the path.
    """
    path = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where()
    if os.path.isdir(path):  # noqa: PTH112 - of a text
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)
