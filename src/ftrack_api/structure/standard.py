"""The structure of a studio's shared storage: project, parents, asset, version, name of the component."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import functools
import posixpath
from collections.abc import Mapping
from typing import Any

from ftrack_api import exception, inspection
from ftrack_api.structure import _draft
from ftrack_api.structure._parts import check_part, latin_part, unicode_part
from ftrack_api.structure._places import place_of
from ftrack_api.structure._unplaced import not_placed
from ftrack_api.structure.base import Structure
from ftrack_api.symbol import CREATED, NOT_SET

# Any below is an entity, or a value of a context.


class StandardStructure(Structure):
    """Places the components of versions by names: ``project/sequence/shot/asset/v001/main.exr``.

    Args:
        project_versions_prefix: Folder below that of the project for assets that belong to the project itself.
        illegal_character_substitute: What replaces a character that paths should not have; None leaves names as they
            are, and refuses those that cannot be part of a path.
        unicode: Whether letters of all scripts and their case are kept. Otherwise names become lower-case Latin.

    A cleaned name is never empty, ``.``, ``..`` or a name that Windows reserves. Where cleaning drops letters (in
    Unicode mode: changes anything) a digest of the name is added, so that two such names get two places. Names that
    only differ in case or in replaced characters share one place without Unicode mode: a location refuses the second.

    Attributes:
        project_versions_prefix: As given.
        illegal_character_substitute: As given.
        unicode: As given.
    """

    def __init__(
        self,
        project_versions_prefix: str | None = None,
        illegal_character_substitute: str | None = "_",
        *,
        unicode: bool = False,
    ) -> None:
        super().__init__()
        if illegal_character_substitute and unicode_part(illegal_character_substitute, "") != (
            illegal_character_substitute
        ):
            raise ValueError(
                f"illegal_character_substitute={illegal_character_substitute!r} holds a character that paths should "
                "not have; use a letter, '_' or '-'."
            )
        self.project_versions_prefix = project_versions_prefix
        self.illegal_character_substitute = illegal_character_substitute
        self.unicode = unicode

    def sanitise_for_filesystem(self, value: str) -> str:
        """Return a name as a part of a path; as it is when nothing replaces illegal characters.

        Accents are dropped, characters beyond ``A-Z``, ``a-z``, digits, ``_``, ``.`` and ``-`` replaced, and what is
        left is in lower case: ``björn!`` is ``bjorn_``. What is no text is made text.
        """
        if self.illegal_character_substitute is None:
            return value
        return _sanitised(str(value), self.illegal_character_substitute, unicode=self.unicode)

    def get_resource_identifier(self, entity: Any, context: Mapping[str, Any] | None = None) -> str:
        """Return the resource identifier of a component of a version; the context does not matter.

        Raises:
            StructureError: If the component belongs to no version, the version was not committed and no transaction
                is open, the entity is no component, or a name cannot be part of a path.

        Cost: two requests for the first component of a version that was not loaded, four at most for one that is not
        committed, none afterwards.
        """
        name, file_type = str(entity.get("name") or ""), str(entity.get("file_type") or "")
        if entity.entity_type == "FileComponent":
            container = entity["container"]
            if not container:
                return self._joined(*self._get_parts(entity), self.sanitise_for_filesystem(name + file_type))
            place = self._place_of(container, context)
            if container.entity_type == "SequenceComponent":
                member = self.sanitise_for_filesystem(f"{container['name']}.{name}{file_type}")
                return self._below(posixpath.dirname(place), member)
            return self._below(place, self.sanitise_for_filesystem(name + file_type))
        if entity.entity_type == "SequenceComponent":
            expression = self._get_sequence_expression(entity)
            stem = self.sanitise_for_filesystem(name)
            extension = self.sanitise_for_filesystem(file_type) if file_type else ""
            return self._joined(*self._get_parts(entity), f"{stem}.{expression}{extension}")
        if entity.entity_type == "ContainerComponent":
            return self._joined(*self._get_parts(entity), self.sanitise_for_filesystem(name))
        raise not_placed(self, entity)

    def _place_of(self, container: Any, context: Mapping[str, Any] | None) -> str:
        """Return the place of a container; one that a subclass makes of the context is made anew for each member."""
        if type(self).get_resource_identifier is not StandardStructure.get_resource_identifier:
            return self.get_resource_identifier(container, context)
        return place_of(self, container, self.get_resource_identifier)

    def _get_parts(self, entity: Any) -> list[str]:
        """Return the cleaned names of project, parents and asset, and the version, of a component.

        Raises:
            StructureError: If it belongs to no version, or to one that was not committed outside of a transaction.
        """
        session, version = entity.session, entity["version"]
        if version is NOT_SET and entity.get("version_id"):
            version = session.get("AssetVersion", entity["version_id"])
        if version is NOT_SET or not version:
            raise exception.StructureError(f"{entity} belongs to no version; its place is made from the version's.")
        if inspection.state(version) is CREATED:
            if session._transaction is None:
                raise exception.StructureError(
                    f"{version} has to be committed before its components are placed; or do all of it within "
                    "`with session.transaction():`."
                )
            asset = _draft.asset_of(version)
            project, *names = _draft.names_above(asset)
            asset_name, number = asset["name"], _draft.number_of(version, asset)
        else:
            _know(version)
            link = version["link"]
            if not link:
                raise exception.StructureError(f"{version} has no link to its project, from which places are made.")
            project = session.get("Project", link[0]["id"])["name"]
            names = [item["name"] for item in link[1:-1]]
            asset_name, number = version["asset"]["name"], version["version"]
        if not names and self.project_versions_prefix:
            names = [self.project_versions_prefix]
        return [*map(self.sanitise_for_filesystem, (project, *names, asset_name)), self._format_version(number)]

    def _format_version(self, number: int) -> str:
        """Return the number of a version as part of a path: ``v001``."""
        return f"v{number:03d}"

    def _below(self, place: str, part: str) -> str:
        return f"{place}{self.path_separator}{check_part(part)}"


_sanitise_cache_size = 4096


@functools.lru_cache(_sanitise_cache_size)
def _sanitised(value: str, substitute: str, *, unicode: bool) -> str:
    return unicode_part(value, substitute) if unicode else latin_part(value, substitute)


def _know(version: Any) -> None:
    """Fetch what places are made from in one request, unless it is known."""
    with version.session.auto_populating(False):
        asset = version["asset"]
        known = NOT_SET not in {version["version"], asset} and asset and asset["name"] is not NOT_SET
        known = known and version["link"] is not NOT_SET
    if not known:
        version.session.populate(version, "version, link, asset.name")
