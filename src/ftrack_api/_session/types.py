"""The entity classes of a session by name, each built from its schema when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api._schema.documents import Documents, base_of
from ftrack_protocol.similar import close_matches

if TYPE_CHECKING:
    from ftrack_api.entity.base import Entity

# Any below is a schema document or an entity class, whose attributes depend on the schema.


class EntityTypes(MutableMapping[str, Any]):
    """A dictionary of entity classes that may be changed like any other.

    Iterating, counting and asking whether a name is there build nothing; taking a class, ``values()`` and ``items()``
    build.

    Args:
        schemas: Schema documents.
        build: Makes the class of a document; called at most once for each.

    Cost: 0.1 ms for the first use of a class, a look-up afterwards.
    """

    def __init__(
        self,
        schemas: Documents | Iterable[Mapping[str, Any]] = (),
        build: Callable[[Mapping[str, Any]], type[Entity]] | None = None,
    ) -> None:
        if isinstance(schemas, Documents):
            self._schemas: Mapping[str, Mapping[str, Any]] = schemas
            self._bases = schemas.bases
        else:
            self._schemas = {str(schema["id"]): schema for schema in schemas}
            self._bases = {name: base_of(schema) for name, schema in self._schemas.items()}
        self._build = build
        self._classes: dict[str, Any] = dict.fromkeys(self._schemas)
        self._derived: dict[str, list[str]] | None = None
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> Any:
        """Return the class of a type.

        Raises:
            UnrecognisedEntityTypeError: If there is no such type; it is a `KeyError` too.
        """
        found = self._classes.get(name)
        if found is not None:
            return found
        with self._lock:
            found = self._classes.get(name)
            if found is None:
                if name not in self._classes or self._build is None:
                    raise exception.UnrecognisedEntityTypeError(name, suggestions=self._similar(name))
                found = self._classes[name] = self._build(self._schemas[name])
            return found

    def __setitem__(self, name: str, entity_class: Any) -> None:
        self._classes[name] = entity_class

    def __delitem__(self, name: str) -> None:
        del self._classes[name]

    def __contains__(self, name: object) -> bool:
        return name in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} entity types>"

    def subtypes(self, name: str) -> list[str]:
        """Return a type and those derived from it, itself first: an entity is known under the most derived one."""
        derived = self._derived
        if derived is None:
            derived = {}
            for key, base in self._bases.items():
                derived.setdefault(base, []).append(key)
            self._derived = derived  # whole, as other threads read it from now on
        found = [name]
        for base in found:
            found.extend(derived.get(base, ()))
        return found

    def _similar(self, name: object) -> list[str]:
        by_lower = {key.lower(): key for key in self._classes}
        return [by_lower[key] for key in close_matches(str(name).lower(), by_lower, 2, cutoff=0.7)]
