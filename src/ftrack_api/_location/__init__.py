"""What the verbs of locations do; loaded when the first of them is called, as most sessions query and commit alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_api._lazy import attach

if TYPE_CHECKING:
    from ftrack_api._location import addition as addition
    from ftrack_api._location import availability as availability
    from ftrack_api._location import components as components
    from ftrack_api._location import copying as copying
    from ftrack_api._location import given as given
    from ftrack_api._location import media as media
    from ftrack_api._location import registry as registry
    from ftrack_api._location import removal as removal
    from ftrack_api._location import scenario_activate as scenario_activate
    from ftrack_api._location import transaction as transaction
    from ftrack_api._transfers import watching as watching

__getattr__, __dir__ = attach(
    __name__,
    (
        "addition",
        "availability",
        "components",
        "copying",
        "given",
        "media",
        "registry",
        "removal",
        "scenario_activate",
        "transaction",
    ),
    {"watching": "ftrack_api._transfers"},
)
