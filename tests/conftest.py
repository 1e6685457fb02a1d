"""Ground rules of every test: no network beyond loopback, no FTRACK_* settings of the machine, fixed search effort."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

REPOSITORY = Path(__file__).resolve().parent.parent
REFERENCE_SCHEMAS = REPOSITORY.parent / "shared" / "schema"

_connect = socket.socket.connect


def _is_local(address: Any) -> bool:
    """Return whether a socket address stays on this machine."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if not _is_local(address):
        message = f"A test tried to reach {address!r}; tests may use loopback addresses only."
        raise RuntimeError(message)
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network_and_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded_connect)
    for name in list(os.environ):
        if name.startswith("FTRACK_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def reference_schemas() -> Path:
    """The folder of recorded schema documents, kept beside the repository where it is available."""
    if not REFERENCE_SCHEMAS.is_dir():
        pytest.skip(f"recorded schema documents are not available at {REFERENCE_SCHEMAS}")
    return REFERENCE_SCHEMAS
