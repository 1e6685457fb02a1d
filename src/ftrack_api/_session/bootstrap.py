"""The start of a session, step by step, in the order plugins rely on (client: 10)."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import ftrack_protocol
from ftrack_api import _location, _schema, event, exception, plugin
from ftrack_api import cache as caches
from ftrack_api._per_session import made_once
from ftrack_api._schema import cache_file
from ftrack_api._schema.documents import Documents
from ftrack_api._session import locations
from ftrack_api._session.components import ComponentVerbs
from ftrack_api._session.lifecycle import close_at_exit
from ftrack_api._session.types import EntityTypes
from ftrack_api._state.flags import ThreadFlags
from ftrack_api.entity.factory import StandardFactory
from ftrack_protocol import json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ftrack_api._session.config import SessionConfig
    from ftrack_api._transport.base import Timeout

CONSTRUCT_TOPIC = "ftrack.api.session.construct-entity-type"
LOCATION_TOPIC = "ftrack.api.session.configure-location"
SCENARIO_TOPIC = "ftrack.storage-scenario.activate"
READY_TOPIC = "ftrack.api.session.ready"
RESET_TOPIC = "ftrack.api.session.reset"

# Any below is a schema document, an entity class, or what plugins may put in place of a part of ours.


class StartSteps(ComponentVerbs):
    """The steps from settings to a session that is ready; subclasses may replace any of them."""

    _plugin_paths: Iterable[str] = ()
    _schema_file: str | None = None
    _schemas_at_hand: Documents | list[dict[str, Any]] | None = None
    _wants_schemas_early = False
    _awaits_scenario = False

    def _start(self, config: SessionConfig) -> None:
        """Take all steps.

        Cost: one request, with or without a usable schema file; two when the server's schemas have changed.
        """
        self._apply(config)
        self._server_information = self._fetch_server_information()
        self.check_server_compatibility()
        if config.auto_connect_event_hub:
            self._connect_in_background()
        close_at_exit(self)
        self._discover_plugins(plugin_arguments=config.plugin_arguments)
        self._take_schemas()
        self._awaits_scenario = True
        if self._has_event_hub:
            _location.scenario_activate.register(self)
        self._configure_locations()
        self._announce(READY_TOPIC, {"session": self})

    def _apply(self, config: SessionConfig) -> None:
        """Set what needs no server; the function that makes a cache comes last, as it may use all of it."""
        self._config = config
        self._server_url = config.server_url
        self._api_key = config.api_key
        self._api_user = config.api_user
        self._state.flags = ThreadFlags(auto_populate=config.auto_populate, record_operations=True)
        self._plugin_paths = list(config.plugin_paths)
        self._wants_schemas_early = True
        self.request_timeout: Timeout = config.timeout
        folder = config.schema_cache_path
        self._schema_file = None if folder is None else cache_file.file_for(folder, config.server_url)
        if config.cache_key_maker is not None:
            self.cache_key_maker: Any = config.cache_key_maker
        cache = config.cache
        if cache is not None and not isinstance(cache, caches.Cache):
            cache = cache(self)
        if cache is not None:
            self.cache.caches.append(cache)

    def _fetch_server_information(self) -> dict[str, Any]:
        """Return what the server says of itself; schemas come in the same request when they will be needed.

        They are kept at hand for `_load_schemas`, as are those of a schema file whose hash the server confirms.
        """
        kept = None if self._schema_file is None else cache_file.read(self._schema_file)
        actions = [{"action": "query_server_information"}]
        if kept is None and self._wants_schemas_early:
            information, schemas = self._send([*actions, {"action": "query_schemas"}])
            self._schemas_at_hand = schemas
            if self._schema_file is not None and schemas and information.get("schema_hash"):
                cache_file.write(self._schema_file, schemas, information["schema_hash"])
            return dict(information)
        information = self._send(actions)[0]
        if kept is not None and kept[1] == information.get("schema_hash"):
            self._schemas_at_hand = kept[0]
        return dict(information)

    @made_once
    def _event_hub(self) -> Any:
        """The event hub, made when it is first asked for: loading it takes as long as the rest of the session."""
        made = self._create_event_hub(self._config)
        hub = self.__dict__.setdefault("_event_hub", made)  # of two threads, the first one's is everybody's
        if hub is made and self._awaits_scenario:
            _location.scenario_activate.register(self)
        return hub

    @property
    def _has_event_hub(self) -> bool:
        """Whether the event hub was made; nobody listens for anything before."""
        return "_event_hub" in self.__dict__

    def _create_event_hub(self, config: SessionConfig) -> Any:
        """Return the event hub; for subclasses that want another one."""
        return event.hub.EventHub(
            config.server_url,
            config.api_user,
            config.api_key,
            headers=dict(config.all_headers),
            cookies=dict(config.cookies),
        )

    def _connect_in_background(self) -> None:
        """Connect the event hub in a thread of its own; a failure is logged, as nobody waits for it (client: D18).

        It goes on trying, so that a session which starts before its server has events once that is there.
        """
        hub = self._event_hub
        hub.init_connection()

        def connect() -> None:
            try:
                hub.connect()
            except exception.EventHubConnectionError as error:
                self.logger.warning("The event hub is not connected yet, and goes on trying. %s", error)
                hub.keep_connecting()
            except Exception:
                self.logger.exception("The event hub could not be connected.")

        thread = threading.Thread(target=connect, name="ftrack-event-hub-connect", daemon=True)
        self._auto_connect_event_hub_thread = thread
        thread.start()

    def _discover_plugins(self, plugin_arguments: Mapping[str, Any] | None = None) -> None:
        """Let the plugins register with the session."""
        plugin.discover(list(self._plugin_paths), [self], dict(plugin_arguments or {}))

    def _take_schemas(self) -> None:
        """Have schemas and entity classes; schemas of a file wait to be read, unless steps of a subclass read them."""
        own = (StartSteps._load_schemas, StartSteps._build_entity_type_classes)
        steps = (self._load_schemas, self._build_entity_type_classes)
        at_hand = self._schemas_at_hand
        if isinstance(at_hand, Documents) and own == tuple(getattr(step, "__func__", None) for step in steps):
            self._schemas_at_hand, self._documents = None, at_hand
            self.types: Any = self._build_entity_type_classes(at_hand)
        else:
            self.schemas = self._load_schemas(self._schema_file or False)
            self.types = self._build_entity_type_classes(self.schemas)

    def _load_schemas(self, schema_cache_path: Any) -> list[dict[str, Any]]:
        """Return the schemas: those at hand, else those of a file whose hash the server confirms, else the server's.

        Args:
            schema_cache_path: The file; False or None for none.
        """
        if self._schemas_at_hand is not None:
            at_hand, self._schemas_at_hand = self._schemas_at_hand, None
            return list(at_hand.values()) if isinstance(at_hand, Documents) else at_hand
        return _schema.source.load(
            schema_cache_path or None,
            self._server_information.get("schema_hash"),
            lambda: list(self._send([{"action": "query_schemas"}])[0]),
        )

    def _read_schemas_from_cache(self, schema_cache_path: str) -> tuple[list[dict[str, Any]], str | None]:
        """Return the schemas of a file and their hash; ``([], None)`` when there is no such file.

        Raises:
            ValueError: If the file holds no JSON.
        """
        if not os.path.exists(schema_cache_path):  # noqa: PTH110 - a text
            return [], None
        with open(schema_cache_path, "rb") as file:  # noqa: PTH123 - as above
            document = json.loads(file.read())
        schemas = document if isinstance(document, list) else document["schemas"]
        return schemas, ftrack_protocol.schema_hash(schemas)

    def _write_schemas_to_cache(self, schemas: list[dict[str, Any]], schema_cache_path: str) -> None:
        """Write the schemas of a server to a file, as a plain list that clients of all kinds read.

        Raises:
            OSError: If the file cannot be written.
            TypeError: If they have no form in JSON.
        """
        cache_file.replace(schema_cache_path, json.dumps_bytes(schemas))

    def _build_entity_type_classes(self, schemas: Documents | list[dict[str, Any]]) -> EntityTypes:
        """Return the entity classes: built when first used, save for those a plugin makes, which are made now.

        Raises:
            ValueError: If several plugins return a class for one schema.
        """
        types = EntityTypes(schemas, StandardFactory().create)
        if self._has_event_hub and self._event_hub.wants(CONSTRUCT_TOPIC):
            schemas = schemas if isinstance(schemas, list) else self.schemas
            for schema in schemas:
                results = self._announce(CONSTRUCT_TOPIC, {"schema": schema, "schemas": schemas})
                made = [result for result in results if result is not None]
                if len(made) > 1:
                    raise ValueError(
                        f'{len(made)} plugins return a class for the entity type "{schema["id"]}": {made!r}. '
                        f'Let all but one of them return None for "{CONSTRUCT_TOPIC}".'
                    )
                if made:
                    types[made[0].entity_type] = made[0]
        return types

    def _configure_locations(self) -> None:
        """Set up the built-in locations, those of the server's storage scenario and of plugins; at each reset too."""
        locations.configure(self)
        scenario = self._server_information.get("storage_scenario")
        if isinstance(scenario, dict) and scenario.get("scenario"):
            self._tell(SCENARIO_TOPIC, {"storage_scenario": scenario})
        self._announce(LOCATION_TOPIC, {"session": self})

    def _announce(self, topic: str, data: dict[str, Any]) -> list[Any]:
        """Publish an event inside the process, if anybody can listen; return what the subscribers return."""
        return self._tell(topic, data) if self._has_event_hub else []

    def _tell(self, topic: str, data: dict[str, Any]) -> list[Any]:
        """Publish an event inside the process; return what the subscribers return."""
        results: list[Any] = self._event_hub.publish(event.base.Event(topic=topic, data=data), synchronous=True)
        return results

    def _publish(self, topic: str, news: Iterable[dict[str, Any]]) -> None:
        """Publish an event for each of the data, unless the hub is neither connected nor about to be."""
        if not self._has_event_hub:
            return
        hub = self._event_hub
        if getattr(hub, "connected", True) or getattr(hub, "_connection_initialised", True):
            for data in news:
                hub.publish(event.base.Event(topic=topic, data=data), on_error="ignore")
