"""Locations: named places where the data of components are kept, and how they get there."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import contextlib
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from ftrack_api import _location, exception
from ftrack_api.entity import base
from ftrack_api.symbol import NOT_SET

DEFAULT_PRIORITY = 95

# Any below is an entity, an accessor, a structure or a transformer.


class Location(base.Entity):
    """A place for data, which an accessor reads and writes and a structure divides.

    What follows is set by plugins or scripts, for as long as the session knows the entity; nothing of it is sent.

    Attributes:
        accessor: Reads and writes the data.
        structure: Says where the data of a component belong.
        resource_identifier_transformer: Changes resource identifiers on their way to the server and back.
        priority: The location with the lowest number is preferred; 95 unless it is set.
    """

    __slots__ = ()

    accessor: Any = NOT_SET
    structure: Any = NOT_SET
    resource_identifier_transformer: Any = NOT_SET
    priority: int = DEFAULT_PRIORITY
    _needs_data = True  # adding a component reads its data

    def __str__(self) -> str:
        with self.session.auto_populating(False):
            name = self["name"]
        if name is NOT_SET:
            return super().__str__()
        return f'<{type(self).__name__}("{name}", {self._key_texts()[0]})>'

    def add_component(self, component: Any, source: Any, recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - signature users know
        """Add a component; see `add_components`."""
        self.add_components([component], sources=source, recursive=recursive)

    def add_components(
        self,
        components: Sequence[Any],
        sources: Any,
        recursive: bool = True,  # noqa: FBT001, FBT002 - signature users know
        _depth: int = 0,
    ) -> None:
        """Bring the data of components here, then record that they are here, in one commit of the whole session.

        Args:
            components: Components, in no location twice.
            sources: Locations the data are in: one for all, or one for each.
            recursive: Whether the members of containers and sequences are added too.

        Raises:
            ValueError: If there are neither one source nor as many as components.
            TypeError: If components are not given as several, or one is no entity.
            ComponentInLocationError: If some are here already; nothing was done.
            LocationError: If the location is not set up, or a step failed. ``details["transferred"]`` has the
                components, each with its resource identifier, whose data were brought here and stay: remove them with
                the accessor, or register them once the cause is mended. The component that failed left nothing.
            TransferCancelledError: If the transfer was stopped; see `Session.transferring`.

        Cost: one request to see what is here, one for each source, one commit; whatever the number of components.
        """
        del _depth
        _location.addition.add(self, components, sources, recursive=recursive)

    def remove_component(self, component: Any, recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - signature users know
        """Remove a component; see `remove_components`."""
        self.remove_components([component], recursive=recursive)

    def remove_components(self, components: Sequence[Any], recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - signature users know
        """Record that components are no longer here, in one commit of the whole session, then remove their data.

        Args:
            components: Components.
            recursive: Whether the members of containers and sequences are removed too.

        Raises:
            ComponentNotInLocationError: If some are not here; nothing was done.
            LocationError: If the location has no accessor; nothing was done.
            AccessorError: If data cannot be removed; the components they belong to are recorded as being here again.

        Cost: three requests, whatever the number of components.
        """
        _location.removal.remove(self, components, recursive=recursive)

    def get_component_availability(self, component: Any) -> float:
        """Return how much of a component is here; see `get_component_availabilities`."""
        return self.get_component_availabilities([component])[0]

    def get_component_availabilities(self, components: Sequence[Any]) -> list[float]:
        """Return how much of each component is here, in percent from 0.0 to 100.0, in the order given.

        A file is here or not; a container with members is here as much as they are on average. What only this process
        knows, as ftrack.origin does, does not count.

        Cost: one request, and one for each level of containers in containers; whatever the number of components.
        """
        found = self.session.get_component_availabilities(components, locations=[self])
        return [percent[self["id"]] for percent in found]

    def get_resource_identifier(self, component: Any) -> str:
        """Return the resource identifier of a component; see `get_resource_identifiers`."""
        return self.get_resource_identifiers([component])[0]

    def get_resource_identifiers(self, components: Sequence[Any]) -> list[str]:
        """Return the resource identifiers that components have here, in the order given.

        Raises:
            ComponentNotInLocationError: If some are not here; ``details["components"]`` has them.
            TypeError: If they are not given as several, or one is no entity.

        Cost: one request.
        """
        components = _location.given.components_of(components)
        kept = _location.registry.known(self, components) or self._get_resource_identifiers(components)
        transformer = self.resource_identifier_transformer
        if not transformer:
            return list(kept)
        return [
            transformer.decode(identifier, context={"component": component})
            for component, identifier in zip(components, kept, strict=True)
        ]

    def get_filesystem_path(self, component: Any) -> str:
        """Return the path of a component; see `get_filesystem_paths`."""
        return self.get_filesystem_paths([component])[0]

    def get_filesystem_paths(self, components: Sequence[Any]) -> list[str]:
        """Return the paths that components have in the file system, in the order given.

        Raises:
            ComponentNotInLocationError: If some are not here.
            AccessorUnsupportedOperationError: If nothing here has a path.
            AccessorFilesystemPathError: If a path would not be below the prefix of the accessor.

        Cost: one request.
        """
        accessor = self._accessor()
        return [accessor.get_filesystem_path(place) for place in self.get_resource_identifiers(components)]

    def get_url(self, component: Any) -> str:
        """Return an address from which a component can be read, as a whole URL.

        Raises:
            ComponentNotInLocationError: If it is not here.
            LocationError: If the location has no accessor.
            AccessorUnsupportedOperationError: If nothing here has an address.

        Cost: one request to look the component up, and what the accessor asks.
        """
        return str(self._accessor().get_url(self.get_resource_identifier(component)))

    # Hooks of location plugins.

    def _get_context(self, component: Any, source: Any) -> dict[str, Any]:
        """Return what the structure is told beside the component."""
        try:
            return {"source_resource_identifier": source.get_resource_identifier(component)}
        except (AttributeError, exception.ComponentNotInLocationError):
            return {}

    def _add_data(self, component: Any, resource_identifier: str, source: Any) -> None:
        """Bring the data of a component here."""
        _location.copying.copy(self, component, resource_identifier, source)

    def _remove_data(self, component: Any) -> None:
        """Remove the data of a component."""
        accessor = self._accessor()
        try:
            accessor.remove(self.get_resource_identifier(component))
        except exception.AccessorResourceNotFoundError:
            if component.entity_type != "SequenceComponent":  # a pattern, not a file
                raise

    def _register_component_in_location(self, component: Any, resource_identifier: str) -> None:
        """Record where a component is, and commit."""
        self._register_components_in_location([component], [resource_identifier])

    def _register_components_in_location(self, components: Sequence[Any], resource_identifiers: Sequence[str]) -> None:
        """Record where components are, and commit."""
        _location.registry.register(self, components, resource_identifiers)

    def _deregister_component_in_location(self, component: Any) -> None:
        """Delete the record of a component, and commit."""
        _location.registry.deregister(self, [component])

    def _deregister_components_in_location(self, components: Sequence[Any]) -> None:
        """Delete the records of components, and commit once; one by one where a location has its own way."""
        own = getattr(self._deregister_component_in_location, "__func__", None)
        if own is Location._deregister_component_in_location:
            _location.registry.deregister(self, components)
            return
        for component in components:
            self._deregister_component_in_location(component)

    def _get_resource_identifiers(self, components: Sequence[Any]) -> list[str]:
        """Return what the server keeps as resource identifiers of components."""
        return _location.registry.identifiers(self, components)

    def _refuse_removal_without_accessor(self) -> None:
        """Raise when data could not be removed."""
        self._accessor()

    def _take_back(self, component: Any, resource_identifier: str) -> None:
        """Remove the data that a failed transaction brought here; containers that it made are removed by themselves."""
        if "members" in component:
            return
        with contextlib.suppress(exception.AccessorResourceNotFoundError):
            self._accessor().remove(resource_identifier)

    def _accessor(self) -> Any:
        """Return the accessor.

        Raises:
            LocationError: If there is none.
        """
        if not self.accessor:
            raise exception.LocationError(
                f"No accessor is set for {self}; set location.accessor, for instance to a DiskAccessor."
            )
        return self.accessor


class _LocationMixin(base._EntityBase, MutableMapping[str, Any], metaclass=base.DynamicEntityTypeMetaclass):
    """Base of what is mixed into locations."""

    __slots__ = ()


class MemoryLocationMixin(_LocationMixin):
    """Makes a location remember in the process, and for the session only, what is in it."""

    __slots__ = ()

    @property
    def _cache(self) -> dict[str, str]:
        """Resource identifiers by component id."""
        cache: dict[str, str] = self.__dict__.setdefault("_remembered", {})
        return cache

    def _register_component_in_location(self, component: Any, resource_identifier: str) -> None:
        self._register_components_in_location([component], [resource_identifier])

    def _register_components_in_location(self, components: Sequence[Any], resource_identifiers: Sequence[str]) -> None:
        for component, identifier in zip(components, resource_identifiers, strict=True):
            self._cache[component["id"]] = identifier

    def _deregister_component_in_location(self, component: Any) -> None:
        self._cache.pop(component["id"], None)

    def _get_resource_identifiers(self, components: Sequence[Any]) -> list[str]:
        missing = [component for component in components if component["id"] not in self._cache]
        if missing:
            raise exception.ComponentNotInLocationError(missing, self)
        return [self._cache[component["id"]] for component in components]


class UnmanagedLocationMixin(_LocationMixin):
    """Makes a location leave data alone: what is added to it is where it is already."""

    __slots__ = ()
    _needs_data = False

    def _add_data(self, component: Any, resource_identifier: str, source: Any) -> None:
        """Do nothing."""

    def _remove_data(self, component: Any) -> None:
        """Do nothing."""

    def _take_back(self, component: Any, resource_identifier: str) -> None:
        """Do nothing."""

    def _refuse_removal_without_accessor(self) -> None:
        """Do nothing."""


class OriginLocationMixin(MemoryLocationMixin, UnmanagedLocationMixin):
    """Makes a location know where components were made from: its "sources" are paths."""

    __slots__ = ()

    def _get_context(self, component: Any, source: Any) -> Mapping[str, Any]:
        del component
        return {"source_resource_identifier": source}


class ServerLocationMixin(_LocationMixin):
    """Makes a location offer thumbnails, and leave it to the server what becomes of data nobody refers to."""

    __slots__ = ()

    def _remove_data(self, component: Any) -> None:
        parent: Any = super()
        try:
            parent._remove_data(component)
        except exception.AccessorOperationFailedError as error:
            if not isinstance(error.__cause__, exception.NotFound):  # a server may drop them with their record
                raise

    def get_thumbnail_url(self, component: Any, size: int | None = None) -> str:
        """Return the address of a picture of a component, as a whole URL.

        Args:
            component: A component that is here.
            size: Pixels that it has at most, each way; as the server likes it when None.

        Raises:
            ComponentNotInLocationError: If it is not here.

        Cost: two requests; the address is signed and ends after some time, see `get_url`.
        """
        place: Any = self
        return str(place.accessor.get_thumbnail_url(place.get_resource_identifier(component), size))
