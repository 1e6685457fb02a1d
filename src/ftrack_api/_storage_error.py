"""The exceptions of locations, accessors and structures; `exception` is their public home, and draws the whole tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftrack_api._error import Error, with_details

NAMED = 100  # components that a message names

# Details are whatever explains the failure: components, paths, other exceptions. Hence the Any below.


class LocationError(Error):
    """Raised on a failure of a location."""

    default_message = "Location error."


class ComponentNotInAnyLocationError(LocationError):
    """Raised when a component is in no location."""

    default_message = "Component is not available in any location."


class _ComponentsError(LocationError):
    """Base of errors about components and one location; one component may be given bare."""

    def __init__(self, components: Any, location: Any, **kw: Any) -> None:
        found = [components] if isinstance(components, Mapping) else list(components)
        text = ", ".join(map(str, found[:NAMED]))
        if len(found) > NAMED:
            text += f" and {len(found) - NAMED} more"
        super().__init__(**with_details(kw, components=found, formatted_components=text, location=location))


class ComponentNotInLocationError(_ComponentsError):
    """Raised when components are missing from a location."""

    default_message = "Component(s) {formatted_components} not found in location {location}."


class ComponentInLocationError(_ComponentsError):
    """Raised when components are in a location already."""

    default_message = "Component(s) {formatted_components} already exist in location {location}."


class TransferCancelledError(LocationError):
    """Raised when the transfer of a file was stopped on request; nothing is left of it that others could see."""

    default_message = "The transfer of {component} was cancelled after {transferred} bytes."


class AccessorError(Error):
    """Raised on a failure of an accessor."""

    default_message = "Accessor error."


class _AccessorFailureError(AccessorError):
    """Base of errors that know what was tried, on which resource and what came of it."""

    def __init__(self, operation: str = "", resource_identifier: Any = None, error: Any = None, **kw: Any) -> None:
        details = {"operation": operation, "resource_identifier": resource_identifier, "error": error}
        super().__init__(**with_details(kw, **details))


class AccessorOperationFailedError(_AccessorFailureError):
    """Raised when an operation of an accessor fails."""

    default_message = "Operation {operation} failed: {error}"


class AccessorUnsupportedOperationError(AccessorOperationFailedError):
    """Raised when an accessor cannot do what is asked."""

    default_message = "Operation {operation} is not supported."


class AccessorPermissionDeniedError(AccessorOperationFailedError):
    """Raised when access to a resource is denied."""

    default_message = "Cannot {operation} {resource_identifier}. Permission denied."


class AccessorResourceIdentifierError(AccessorError):
    """Raised when a resource identifier cannot be used."""

    default_message = "Resource identifier is invalid: {resource_identifier}."

    def __init__(self, resource_identifier: Any, **kw: Any) -> None:
        super().__init__(**with_details(kw, resource_identifier=resource_identifier))


class AccessorFilesystemPathError(AccessorResourceIdentifierError):
    """Raised when a resource has no path in the file system."""

    default_message = "Could not determine a filesystem path for {resource_identifier}."


class AccessorResourceError(_AccessorFailureError):
    """Raised when something is wrong with a resource."""

    default_message = "Resource error: {resource_identifier}."


class AccessorResourceNotFoundError(AccessorResourceError):
    """Raised when a resource does not exist."""

    default_message = "Resource not found: {resource_identifier}."


class AccessorParentResourceNotFoundError(AccessorResourceError):
    """Raised when the container of a resource does not exist."""

    default_message = "Parent resource is missing: {resource_identifier}."


class AccessorResourceInvalidError(AccessorResourceError):
    """Raised when a resource is not of the kind that is needed."""

    default_message = "Resource invalid: {resource_identifier}."


class AccessorContainerNotEmptyError(AccessorResourceError):
    """Raised when a container still holds something."""

    default_message = "Container is not empty: {resource_identifier}."


class StructureError(Error):
    """Raised when no resource identifier can be made for an entity."""

    default_message = "Structure error."


# Shown, pickled and documented under their public home.
for _class in [item for item in vars().values() if isinstance(item, type) and item.__module__ == __name__]:
    _class.__module__ = "ftrack_api.exception"
del _class
