"""Classes added to single objects, as plugins do with locations."""

from __future__ import annotations

import types


def mixin(instance: object, mixin_class: type, name: str | None = None) -> None:
    """Add a class to the bases of one instance; other instances of its class are untouched.

    Nothing happens when the instance has the class among its bases already.

    Args:
        instance: Object whose class is replaced by a new one with the bases ``(mixin_class, old class)``.
        mixin_class: Class to add; its methods come first. For an entity: a plain class, or one with the metaclass
            of entities.
        name: Name of the new class; the two names joined, the old one first, when omitted.

    Raises:
        TypeError: If the two classes cannot be combined.
    """
    current = type(instance)
    if mixin_class in current.__mro__:
        return
    bases = (mixin_class, current)
    module = {"__module__": current.__module__}
    instance.__class__ = types.new_class(
        name or f"{current.__name__}{mixin_class.__name__}", bases, exec_body=lambda namespace: namespace.update(module)
    )


# Shown and documented under its public home.
mixin.__module__ = "ftrack_api"
