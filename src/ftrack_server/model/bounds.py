"""How tables are bound to projects: what a permission on a project extends to."""

from __future__ import annotations

from collections.abc import Mapping

# Table to the column and the table that it is bound to projects by.
OWNERS: Mapping[str, tuple[str, str]] = {
    "appointment": ("context_id", "context"),
    "asset": ("context_id", "context"),
    "asset_version": ("asset_id", "asset"),
    "asset_version_link": ("from_id", "asset_version"),
    "calendar_event_resource": ("calendar_event_id", "calendar_event"),
    "component": ("version_id", "asset_version"),
    "component_location": ("component_id", "component"),
    "list_object": ("list_id", "list"),
    "manager": ("context_id", "context"),
    "note_component": ("note_id", "note"),
    "note_label_link": ("note_id", "note"),
    "recipient": ("note_id", "note"),
    "review_session_invitee": ("review_session_id", "review_session"),
    "review_session_object": ("review_session_id", "review_session"),
    "review_session_object_annotation": ("review_session_object_id", "review_session_object"),
    "review_session_object_annotation_component": ("review_session_object_id", "review_session_object"),
    "review_session_object_status": ("review_session_object_id", "review_session_object"),
    "split_task_part": ("task_id", "context"),
    "timelog": ("context_id", "context"),
    "timer": ("context_id", "context"),
    "typed_context_link": ("from_id", "context"),
}

# Tables whose rows may also lie in others of the same table, and the column that says in which.
CONTAINERS: Mapping[str, str] = {"component": "container_id"}

# Tables with a project of their own.
OF_A_PROJECT = frozenset(
    {"calendar_event", "event", "list", "note", "review_session", "review_session_folder", "user_security_role_project"}
)

# Tables of `OWNERS` that hold the project of their owner as well, which changes with that.
WITH_PROJECT = frozenset({"asset", "asset_version"})

# Tables whose rows belong to an entity of any kind: the column that names it.
OF_ANYTHING: Mapping[str, str] = {
    "custom_attribute_link": "from_id",
    "custom_attribute_value": "entity_id",
    "entity_setting": "parent_id",
    "metadata": "parent_id",
    "status_change": "parent_id",
}

PARENTS = (
    "context",
    "asset",
    "asset_version",
    "asset_version_link",
    "calendar_event",
    "component",
    "list",
    "list_object",
    "note",
    "review_session",
    "review_session_object",
    "typed_context_link",
)
"""Tables to which rows of `OF_ANYTHING` may belong."""
