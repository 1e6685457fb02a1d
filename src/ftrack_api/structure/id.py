"""A structure of folders made from component ids: no name of the production shows in it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from ftrack_api.structure._parts import check_part
from ftrack_api.structure._unplaced import not_placed
from ftrack_api.structure.base import Structure

FOLDER_LETTERS = 4

# Any below is an entity, or a value of a context.


class IdStructure(Structure):
    """Places components below ``prefix`` in four folders, each named after one letter of the id.

    A file ``f6cd40cb-…`` of type ``.png`` gets ``prefix/f/6/c/d/40cb-….png``; the members of a sequence
    ``…/file.0001.exr``, those of a container their whole id.
    """

    def get_resource_identifier(self, entity: Any, context: Mapping[str, Any] | None = None) -> str:
        """Return the resource identifier of a component; the context does not matter.

        Raises:
            StructureError: If the entity is no component, or its name or file type cannot be part of a path. For
                entities that are none it is a `NotImplementedError`, too, as callers know it.

        Cost: one request for a file whose container was not loaded, none afterwards.
        """
        file_type = entity.get("file_type") or ""
        if entity.entity_type == "FileComponent":
            container = entity["container"]
            if not container:
                return self._path(entity, file_type)
            place = self.get_resource_identifier(container, context)
            if container.entity_type == "SequenceComponent":
                return self._below(posixpath.dirname(place), f"file.{entity['name']}{file_type}")
            return self._below(place, f"{entity['id']}{file_type}")
        if entity.entity_type == "SequenceComponent":
            return self._below(self._path(entity), f"file.{self._get_sequence_expression(entity)}{file_type}")
        if entity.entity_type == "ContainerComponent":
            return self._path(entity)
        raise not_placed(self, entity)

    def _path(self, entity: Any, file_type: str = "") -> str:
        """Return the place of a component that is in no other."""
        identifier = str(entity["id"])
        folders, rest = identifier[:FOLDER_LETTERS], identifier[FOLDER_LETTERS:]
        return self._below(self.prefix, *folders, f"{rest}{file_type}")

    def _below(self, place: str, *parts: str) -> str:
        checked = [check_part(part) for part in parts]
        return self.path_separator.join([place, *checked]).strip(self.path_separator)
