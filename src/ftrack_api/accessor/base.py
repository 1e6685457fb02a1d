"""The base class of accessors."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING

from ftrack_api import exception

if TYPE_CHECKING:
    from ftrack_api.data import Data


class Accessor(abc.ABC):
    """Reads and writes the data of a location by resource identifier.

    A resource identifier names a file or a container, such as a folder. Failures are raised as the ``Accessor…``
    classes of `ftrack_api.exception`.
    """

    @abc.abstractmethod
    def list(self, resource_identifier: str) -> list[str]:
        """Return the resource identifiers of what a container holds, in no order.

        Raises:
            AccessorResourceNotFoundError: If there is no such container.
            AccessorResourceInvalidError: If it is no container.
        """

    @abc.abstractmethod
    def exists(self, resource_identifier: str) -> bool:
        """Return whether there is something under a resource identifier."""

    @abc.abstractmethod
    def is_file(self, resource_identifier: str) -> bool:
        """Return whether it names a file."""

    @abc.abstractmethod
    def is_container(self, resource_identifier: str) -> bool:
        """Return whether it names a container."""

    @abc.abstractmethod
    def is_sequence(self, resource_identifier: str) -> bool:
        """Return whether it names a sequence of files."""

    @abc.abstractmethod
    def open(self, resource_identifier: str, mode: str = "rb") -> Data:
        """Return the data of a file.

        Args:
            resource_identifier: The file.
            mode: As for the builtin `open`.

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
        """Remove an empty container."""
        self.remove(resource_identifier)

    def get_filesystem_path(self, resource_identifier: str) -> str:
        """Return the path of a resource in the file system.

        Raises:
            AccessorUnsupportedOperationError: If resources have no paths here.
            AccessorFilesystemPathError: If this one has none.
        """
        raise exception.AccessorUnsupportedOperationError("get_filesystem_path", resource_identifier)

    def get_url(self, resource_identifier: str) -> str:
        """Return the address of a resource.

        Raises:
            AccessorUnsupportedOperationError: If resources have no addresses here.
        """
        raise exception.AccessorUnsupportedOperationError("get_url", resource_identifier)
