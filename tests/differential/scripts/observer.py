"""What a script saw, as JSON that does not depend on the client: entities by type and key, identifiers by number."""

import datetime as dt
import re

import ftrack_api
import ftrack_api.collection
import ftrack_api.entity.base
import ftrack_api.inspection
import ftrack_api.symbol

ADDRESS = re.compile(r"0x[0-9a-f]+|(?<=object )\d{6,}")
RECENT = dt.timedelta(days=1)


class Observer:
    """Collects what a script sees, in order."""

    def __init__(self):
        self.seen = []

    def __call__(self, name, value):
        """Note a value under a name."""
        self.seen.append([name, self.plain(value)])

    def refused(self, name, work, as_a=None):
        """Note the class of what some work raises: the official one, where ours is a refinement of it.

        With ``as_a``, a class known to everybody, note whether it is of that class.
        """
        try:
            result = work()
        except Exception as error:
            names = [base.__name__ for base in type(error).__mro__]
            official = [found for found in names if found in OFFICIAL_ERRORS]
            if as_a is not None and isinstance(error, as_a):
                official = [as_a.__name__]
            self.seen.append([name, {"raised": official[0] if official else names[0]}])
        else:
            self.seen.append([name, {"returned": self.plain(result)}])

    def plain(self, value):
        """Return a value as JSON."""
        if isinstance(value, ftrack_api.symbol.Symbol):
            return f"<{value.name}>"
        if isinstance(value, ftrack_api.entity.base.Entity):
            return self.identity(value)
        if isinstance(value, ftrack_api.collection.MappedCollectionProxy):
            return {"mapping": {str(key): self.plain(value[key]) for key in sorted(value.keys())}}
        if isinstance(value, dict):
            return {self.text(str(key)): self.plain(item) for key, item in sorted(value.items(), key=str)}
        if isinstance(value, (set, frozenset)):
            return sorted((self.plain(item) for item in value), key=str)
        if isinstance(value, (list, tuple, ftrack_api.collection.Collection)):
            return [self.plain(item) for item in value]
        if hasattr(value, "isoformat"):
            return moment(value)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self.text(str(value))

    def identity(self, entity):
        """Return type and key of an entity as text."""
        try:
            entity_type, key = ftrack_api.inspection.identity(entity)
        except KeyError:
            return f"<{entity.entity_type} without key>"
        return f"<{entity_type} {' '.join(key)}>"

    @staticmethod
    def text(text):
        """Return a text without addresses in memory."""
        return ADDRESS.sub("#", text)


def moment(value):
    """Return a moment as text; one close to the present is called that."""
    then = getattr(value, "datetime", value)
    if isinstance(then, dt.datetime):
        then = then if then.tzinfo else then.replace(tzinfo=dt.timezone.utc)
        if abs(dt.datetime.now(dt.timezone.utc) - then) < RECENT:
            return "<now>"
    return f"{type(value).__name__} {value.isoformat()}"


OFFICIAL_ERRORS = frozenset(
    """Error AuthenticationError ServerError ServerCompatibilityError NotFoundError NotUniqueError IncorrectResultError
    NoResultFoundError MultipleResultsFoundError EntityTypeError UnrecognisedEntityTypeError OperationError
    InvalidStateError InvalidStateTransitionError AttributeError ImmutableAttributeError CollectionError
    ImmutableCollectionError DuplicateItemInCollectionError ParseError EventHubError EventHubConnectionError
    EventHubPacketError PermissionDeniedError ConnectionClosedError LocationError ComponentError
    AccessorError ComponentInLocationError ComponentNotInLocationError StructureError""".split()
)
