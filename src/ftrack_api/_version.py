"""The old home of the version, kept for programs that import it from here."""

from __future__ import annotations

from ftrack_api import __version__

__all__ = ["__version__"]
