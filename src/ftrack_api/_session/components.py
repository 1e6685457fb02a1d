"""The verbs of publishing: components, where they are, and several steps as one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from ftrack_api import _location
from ftrack_api._session.studio import StudioVerbs, needs

if TYPE_CHECKING:
    from ftrack_api._location.transaction import Transaction
    from ftrack_api._transfers import Cancellation, Progress

# Any below is an entity, or the value of one of its attributes.


class ComponentVerbs(StudioVerbs):
    """Making components of files, and finding them again."""

    compound_file_types: tuple[str, ...] = ()
    """Endings of several parts, such as ``.tar.gz``, that are file types as a whole; else the last part alone is."""

    def create_component(
        self, path: str | os.PathLike[str], data: Mapping[str, Any] | None = None, location: Any = "auto"
    ) -> Any:
        """Return a new component of a file or of a sequence of files.

        Args:
            path: A file, or a sequence such as ``/renders/shot.%04d.exr [1-10, 20-30x2]``; ``####``, ``@@@@``,
                ``$F4`` and ``<UDIM>`` do for ``%04d``. Without frames, those on disk are meant.
            data: Values of the component, such as ``name`` and ``version``. With a ``size``, in bytes of all files,
                the files need not be there. Nor need they where nothing reads them, without a location or with one that
                leaves data alone (`UnmanagedLocationMixin`): the size recorded is 0 then, and a warning logged.
            location: Location the data are added to, committing the session. ``"auto"`` takes the one with the lowest
                priority, or ftrack.review for the names of review media. None adds them nowhere: the caller commits,
                and only this session knows the path, as the component's in ftrack.origin.

        Raises:
            FileNotFoundError: If the file, or one of the sequence, is missing, and the location is to copy it.
            IsADirectoryError: If the path is a folder.
            ValueError: If the path names a sequence that cannot be.
            LocationError: If the component could not be added to the location; it is still to be committed then.

        Cost: nothing is sent without a location; with one, what adding takes (see `Location.add_components`).
        """
        return _location.components.create(self, path, data, location)

    def get_component_availability(self, component: Any, locations: Iterable[Any] | None = None) -> dict[str, float]:
        """Return how available a component is; see `get_component_availabilities`."""
        return self.get_component_availabilities([component], locations=locations)[0]

    def get_component_availabilities(
        self, components: Sequence[Any], locations: Iterable[Any] | None = None
    ) -> list[dict[str, float]]:
        """Return how available components are, as the server knows it now.

        Args:
            components: Components, any mix of files and containers.
            locations: Locations to look at; all of the server's when omitted.

        Returns:
            One mapping per component, in the order given: location id to percentage, 0.0 to 100.0. That of a
            container is the mean of its members'.

        Cost: one request, and one for each level of containers in containers.
        """
        return _location.availability.availabilities(self, components, locations)

    def pick_location(self, component: Any = None) -> Any:
        """Return the preferred location: the accessible one with the lowest priority, or None.

        Args:
            component: Component that has to be there, at least in part; any location will do when omitted.

        Cost: one request with a component, none without.
        """
        if component is None:
            return next(iter(self._get_locations()), None)
        return self.pick_locations([component])[0]

    def pick_locations(self, components: Sequence[Any]) -> list[Any]:
        """Return for each component the preferred accessible location where at least part of it is, or None.

        Cost: one request.
        """
        return _location.availability.pick(self, components)

    def encode_media(self, media: Any, version_id: str | None = None, keep_original: Any = "auto") -> Any:
        """Have media encoded for the web; return the job that does it.

        Args:
            media: Path of a file, which is uploaded first, or a `FileComponent` in ftrack.server.
            version_id: Id of the version the encoded media will belong to.
            keep_original: Whether the source stays as a component; ``"auto"`` keeps components and drops uploads.

        Raises:
            ValueError: If ``media`` is neither.
            ServerCompatibilityError: If the server encodes no media.
            OperationError: Within a transaction: the server can only encode what is committed.
        """
        with needs("encode_media"):
            return _location.media.encode(self, media, version_id, keep_original)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Return a context in which several steps of publishing become one commit.

        What the block creates, changes and adds to locations is committed when it ends; when it fails, it is rolled
        back, changes made before it included, and the files it wrote are removed. Commits inside wait for the end.
        """
        return _location.transaction.transaction(self)

    def transferring(
        self, progress: Callable[[Progress], Any] | None = None, cancel: Cancellation | None = None
    ) -> AbstractContextManager[None]:
        """Return a context for transfers that are told of and can be stopped.

        Args:
            progress: Called with a `Progress` after each piece, from the thread that sent it.
            cancel: Its ``is_set()`` is asked before each piece, as a `threading.Event` has it; when it is, the
                transfer ends with `TransferCancelledError`.
        """
        return _location.watching(progress, cancel)

    def _create_thumbnail(self, entity: Any, path: str | os.PathLike[str], data: Mapping[str, Any] | None) -> Any:
        return _location.media.create_thumbnail(self, entity, path, data)

    def _get_locations(self, filter_inaccessible: bool = True) -> list[Any]:  # noqa: FBT001, FBT002 - known so
        """Return the locations with an accessor, the preferred ones first; or all, asked of the server."""
        if filter_inaccessible:
            return _location.availability.accessible(self)
        return _location.availability.in_order(self.query("Location"))

    def _create_component(self, entity_type: str, path: str, data: Mapping[str, Any], location: Any) -> Any:
        """Return a new component, its path noted in ftrack.origin and its data added to a location, if any."""
        return _location.components.placed(self, self.create(entity_type, data), path, location)

    def _get_filesystem_size(self, path: str) -> int:
        """Return the bytes of a file, 0 when it cannot be read."""
        return _location.components.size_if_there(path) or 0
