"""Which version of this package runs."""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "ftrack-api"


def server_version() -> str:
    """Return the version as it was installed, ``unknown`` where the package runs without having been."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "unknown"
