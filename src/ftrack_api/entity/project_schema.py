"""Project schemas: which statuses and types entities of a project may have."""

from __future__ import annotations

from typing import Any

from ftrack_api.entity import base
from ftrack_api.symbol import NOT_SET

# Any below is an entity.


class ProjectSchema(base.Entity):
    """The rules of a project."""

    __slots__ = ()

    def get_statuses(self, schema: str, type_id: str | None = None) -> list[Any]:
        """Return the statuses an entity type may have in projects of this schema.

        Args:
            schema: Entity type: ``Task``, ``AssetVersion``, or the type of an object, such as ``Shot``.
            type_id: Id of a task type, for which the schema may have statuses of its own.

        Raises:
            ValueError: If the type has no statuses, or is no type.

        Cost: one to three requests, whatever the number of statuses.
        """
        if schema == "Task":
            for override in self["_overrides"] if type_id is not None else ():
                if override["type_id"] == type_id:
                    return list(override["workflow_schema"]["statuses"])
            return list(self["_task_workflow"]["statuses"])
        if schema == "AssetVersion":
            return list(self["_version_workflow"]["statuses"])
        return self._of_object_type(schema, "task_status", "SchemaStatus")

    def get_types(self, schema: str) -> list[Any]:
        """Return the types an entity type may have in projects of this schema.

        Args:
            schema: Entity type: ``Task``, or the type of an object, such as ``AssetBuild``.

        Raises:
            ValueError: If the type has no types, or is no type.

        Cost: one to three requests, whatever the number of types.
        """
        if schema == "Task":
            return list(self["_task_type_schema"]["types"])
        return self._of_object_type(schema, "task_type", "SchemaType")

    def _of_object_type(self, schema: str, attribute_name: str, link_type: str) -> list[Any]:
        """Return what the links of a type's schema lead to."""
        if schema not in self.session.types:
            raise ValueError(f'The entity type "{schema}" does not exist.')
        attribute = self.session.types[schema].attributes.get("object_type_id")
        object_type_id = NOT_SET if attribute is None else attribute.default_value
        for candidate in self["_schemas"] if object_type_id else ():
            if candidate["type_id"] == object_type_id:
                links = self.session.query(
                    f"select {attribute_name} from {link_type} where schema_id is {{schema_id}}",
                    schema_id=candidate["id"],
                )
                return [link[attribute_name] for link in links]
        raise ValueError(f'Projects of schema "{self["name"]}" define no {attribute_name} for "{schema}".')
