"""The base class of accessors."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from ftrack_api import exception

if TYPE_CHECKING:
    from ftrack_api.data import Data


class Accessor(abc.ABC):
    """Reads and writes the data of a location by resource identifier.

    A resource identifier is text that names a file or a container, such as a folder; parts of it are divided by what
    the structure of the location writes, ``/`` by default. Failures are raised as the ``Accessor…`` classes of
    `ftrack_api.exception`; while a component is added they are the cause of a `LocationError`. A subclass implements
    the abstract methods, and those of `get_filesystem_path` and `get_url` that make sense for it (client: 21.3).
    """

    @abc.abstractmethod
    def list(self, resource_identifier: str) -> list[str]:
        """Return the resource identifiers of what a container holds, in no order; not of what is further below.

        Raises:
            AccessorResourceNotFoundError: If there is no such container.
            AccessorResourceInvalidError: If it is no container.
        """

    @abc.abstractmethod
    def exists(self, resource_identifier: str) -> bool:
        """Return whether there is something under a resource identifier.

        Locations ask before they add data: where it is True, they refuse rather than replace what is there.
        """

    @abc.abstractmethod
    def is_file(self, resource_identifier: str) -> bool:
        """Return whether it names a file; False where there is nothing."""

    @abc.abstractmethod
    def is_container(self, resource_identifier: str) -> bool:
        """Return whether it names a container; False where there is nothing."""

    @abc.abstractmethod
    def is_sequence(self, resource_identifier: str) -> bool:
        """Return whether it names a sequence of files; False where there is nothing.

        Raises:
            AccessorUnsupportedOperationError: If there are no sequences here.
        """

    @abc.abstractmethod
    def open(self, resource_identifier: str, mode: str = "rb") -> Data:
        """Return the data of a file, for the caller to close.

        Args:
            resource_identifier: The file.
            mode: As for the builtin `open`: bytes, unless it lacks the ``b``.

        Raises:
            AccessorResourceNotFoundError: If it should be read and is not there, or has no container to be made in.
            AccessorResourceInvalidError: If it is no file.
        """

    @abc.abstractmethod
    def remove(self, resource_identifier: str) -> None:
        """Remove a file or an empty container.

        Raises:
            AccessorResourceNotFoundError: If there is nothing.
            AccessorContainerNotEmptyError: If the container holds something.
        """

    @abc.abstractmethod
    def make_container(self, resource_identifier: str, recursive: bool = True) -> None:  # noqa: FBT001, FBT002 - signature accessors have
        """Make a container; one that exists is left as it is.

        Args:
            resource_identifier: The container.
            recursive: Whether missing containers around it are made too.

        Raises:
            AccessorParentResourceNotFoundError: If the container around it is missing and not to be made.
        """

    @abc.abstractmethod
    def get_container(self, resource_identifier: str) -> str | None:
        """Return the resource identifier of the container of a resource, or None when there are no containers.

        Raises:
            AccessorParentResourceNotFoundError: If the resource has no container here.
        """

    def remove_container(self, resource_identifier: str) -> None:
        """Remove an empty container; `remove`, unless a subclass has another way.

        Raises:
            AccessorResourceNotFoundError: If there is nothing.
            AccessorContainerNotEmptyError: If it holds something.
        """
        self.remove(resource_identifier)

    def get_filesystem_path(self, resource_identifier: str) -> str:
        """Return the path of a resource in the file system, whether there is something or not.

        Raises:
            AccessorUnsupportedOperationError: If resources have no paths here.
            AccessorFilesystemPathError: If this one has none.
        """
        raise exception.AccessorUnsupportedOperationError("get_filesystem_path", resource_identifier)

    def get_url(self, resource_identifier: str) -> str:
        """Return the address from which a resource can be read, as a whole URL.

        Raises:
            AccessorUnsupportedOperationError: If resources have no addresses here.
        """
        raise exception.AccessorUnsupportedOperationError("get_url", resource_identifier)
