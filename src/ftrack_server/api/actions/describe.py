"""What a client asks when it starts: facts about the server, and the schemas (protocol: 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ftrack_protocol import json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftrack_protocol.actions import QuerySchemas, QueryServerInformation
    from ftrack_server.api.context import RequestContext

# Clients refuse servers below 3.3.11 and switch features on by this number, so it names the generation of the protocol
# that is spoken here, not the version of this software.
PROTOCOL_VERSION = "24.6.0.0"
SCENARIO_SETTING = ("storage_scenario", "STORAGE")
STUDIO = "STUDIO"

CHOICES: Mapping[str, Any] = {
    "company_information": {"name": "", "logo_url": None},
    "custom_widget": None,
    "default_colors": [],
    "display_task_dates_as_time": False,
    "display_week_numbers": False,
    "license": [],
    "preferred_language": "en",
    "storage_limit": None,
    "week_startday": 1,
    "workday_length": 8 * 60 * 60,
}
"""What user interfaces ask for and a studio may choose by a setting, with what they are told until then: weeks start on
Mondays, a working day has eight hours, in seconds."""


def query_schemas(context: RequestContext, _action: QuerySchemas) -> list[dict[str, Any]]:
    """Return the schema documents in served order: exactly what the schema hash is the hash of."""
    return context.edition.schemas


def query_server_information(context: RequestContext, action: QueryServerInformation) -> dict[str, Any]:
    """Return the facts every client needs, and those it names; names that are unknown are left out.

    Cost: one statement, one more for ``user_information`` and for each fact that a studio may choose.
    """
    names = [*DEFAULT_FACTS, *(name for name in action.values or () if name in FACTS and name not in DEFAULT_FACTS)]
    return {name: FACTS[name](context) for name in names}


def _storage_scenario(context: RequestContext) -> Any:
    """Return the scenario that a studio has configured, as JSON text in a setting (protocol: 9.2)."""
    found = _setting(context, SCENARIO_SETTING, None)
    return found if isinstance(found, dict) else None


def _chosen(name: str, context: RequestContext) -> Any:
    """Return what a studio has chosen in a setting of the group ``STUDIO``, as JSON text, else the usual."""
    return _setting(context, (name, STUDIO), CHOICES[name])


def _setting(context: RequestContext, key: tuple[str, str], usual: Any) -> Any:
    """Return the JSON value that a setting holds as text, the usual one where it holds none that can be told."""
    row = context.rows.fetch("setting", [key]).get(key)
    if not row or not row["value"]:
        return usual
    try:
        found = json.loads(row["value"])
        json.dumps(found)  # a number that is too large can be read and not be written
    except ValueError:
        return usual
    return found


def _user_information(context: RequestContext) -> dict[str, Any]:
    user = context.rows.fetch("resource", [(context.actor.user_id,)])[(context.actor.user_id,)]
    return {
        "access_key_id": context.actor.key_id,
        "id": user["id"],
        "is_global_access_key": context.actor.is_global,
        "restricted_user": context.actor.access.assigned_only,
        "username": user["username"],
        "first_name": user["first_name"],
        "last_name": user["last_name"],
        "thumbnail_id": user["thumbnail_id"],
        "thumbnail_url": None,
        "permissions": sorted(context.actor.access.rights),
    }


DEFAULT_FACTS = ("version", "schema_hash", "is_timezone_support_enabled", "storage_scenario")

FACTS: Mapping[str, Callable[[RequestContext], Any]] = {
    "version": lambda _context: PROTOCOL_VERSION,
    "schema_hash": lambda context: context.edition.schema_hash,
    "is_timezone_support_enabled": lambda _context: True,
    "storage_scenario": _storage_scenario,
    "user_information": _user_information,
    "is_nested_subqueries_enabled": lambda _context: True,
    "product": lambda _context: {"name": "ftrack-server"},
    **{name: partial(_chosen, name) for name in CHOICES},
}
"""What can be asked for by name, and how it is found out."""
