"""Which table has which rules; a table that is not listed has none of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_server.api.actions.rules.asset import AssetRules, AssetTypeRules, AssetVersionRules
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.rules.component import ComponentLocationRules, ComponentRules, LocationRules
from ftrack_server.api.actions.rules.context import ContextRules
from ftrack_server.api.actions.rules.custom_declaration import ConfigurationRules
from ftrack_server.api.actions.rules.custom_value import LinkRules, ValueRules
from ftrack_server.api.actions.rules.dictionary import EntryRules, MetadataRules, SettingRules
from ftrack_server.api.actions.rules.listing import ListObjectRules
from ftrack_server.api.actions.rules.note import NoteLabelLinkRules, NoteRules, RecipientRules
from ftrack_server.api.actions.rules.people import ApiKeyRules, ResourceRules, RoleRules, ServerOnly
from ftrack_server.api.actions.rules.review import ReviewSessionInviteeRules, ReviewSessionObjectRules
from ftrack_server.api.actions.rules.span import SpanRules
from ftrack_server.api.actions.rules.tracking import (
    AppointmentRules,
    DependencyRules,
    JobRules,
    ObjectTypeRules,
    StatusRules,
    TimelogRules,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES: Mapping[str, TableRules] = {
    "api_key": ApiKeyRules(),
    "appointment": AppointmentRules(),
    "asset": AssetRules(),
    "asset_type": AssetTypeRules(),
    "asset_version": AssetVersionRules(),
    "asset_version_link": DependencyRules(),
    "calendar_event": SpanRules("start", "end"),
    "component": ComponentRules(),
    "component_location": ComponentLocationRules(),
    "context": ContextRules(),
    "custom_attribute_configuration": ConfigurationRules(),
    "custom_attribute_link": LinkRules(),
    "custom_attribute_type": ServerOnly(),
    "custom_attribute_value": ValueRules(),
    "entity_setting": SettingRules(),
    "event": ServerOnly(),
    "feed": ServerOnly(),
    "job": JobRules(),
    "list_object": ListObjectRules(),
    "location": LocationRules(),
    "metadata": MetadataRules(),
    "note": NoteRules(),
    "note_label_link": NoteLabelLinkRules(),
    "object_type": ObjectTypeRules(),
    "recipient": RecipientRules(),
    "resource": ResourceRules(),
    "review_session": SpanRules("start_date", "end_date", is_ordered=False),
    "review_session_invitee": ReviewSessionInviteeRules(),
    "review_session_object": ReviewSessionObjectRules(),
    "setting": SettingRules(),
    "split_task_part": SpanRules("start_date", "end_date", is_filled=False),
    "status": StatusRules(),
    "status_change": ServerOnly(),
    "timelog": TimelogRules(),
    "typed_context_link": DependencyRules(),
    "user_application_state": EntryRules(),
    "user_security_role": RoleRules(),
    "user_security_role_project": RoleRules(),
    "user_session": ServerOnly(),
}
"""Rules by table."""

_NONE = TableRules()


def rules_of(table: str) -> TableRules:
    """Return the rules of a table."""
    return RULES.get(table, _NONE)
