"""Everything that is said when a session is made: arguments, environment and defaults, checked once and then frozen."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from ftrack_api import _schema
from ftrack_api import cache as caches
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from ftrack_api._transport.base import Timeout

STRICT_HEADER = "ftrack-strict-api"
TIMEOUT_PARTS = 2  # connecting and reading
SCHEMES = ("https", "http")
NOTHING: Mapping[str, Any] = MappingProxyType({})

_SECRET = frozenset({"api_key", "plugin_arguments", "cookies", "headers"})  # in no repr


class SessionConfig(Record):
    """The settings of one session (client: 10).

    Attributes:
        server_url: Address with scheme and host, without a trailing slash.
        api_key: Secret of the user; in no repr.
        api_user: Name of the user.
        auto_populate: What each thread starts with.
        plugin_paths: Folders to look for plugins in, in order.
        cache: A cache below the in-memory one, or a function that gets the session and returns one, or None.
        cache_key_maker: Key maker of the string-keyed caches, or None for the standard one.
        auto_connect_event_hub: Whether the hub connects in a thread of its own at the start.
        schema_cache_path: Folder of the schema file, or None when schemas are not to be kept.
        plugin_arguments: Keyword arguments for the plugins.
        timeout: Seconds for each request; a pair gives connecting and reading apart; None waits forever.
        cookies: Cookies sent with each request.
        headers: Headers sent with each request.
        strict_api: Whether the server is asked to answer failures with HTTP error statuses.
    """

    server_url: str
    api_key: str
    api_user: str
    auto_populate: bool = True
    plugin_paths: tuple[str, ...] = ()
    cache: Any = None
    cache_key_maker: Any = None
    auto_connect_event_hub: bool = False
    schema_cache_path: str | None = None
    plugin_arguments: Mapping[str, Any] = NOTHING
    timeout: Timeout = 60
    cookies: Mapping[str, str] = NOTHING
    headers: Mapping[str, str] = NOTHING
    strict_api: bool = False

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self._asdict().items() if name not in _SECRET)
        return f"{type(self).__name__}({', '.join(shown)})"

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers of each request, with the strict flag, which a header of that name cannot override."""
        own = {name: value for name, value in self.headers.items() if name.lower() != STRICT_HEADER}
        return {**own, STRICT_HEADER: "true" if self.strict_api else "false"}

    @classmethod
    def resolve(
        cls,
        server_url: str | None = None,
        api_key: str | None = None,
        api_user: str | None = None,
        *,
        auto_populate: bool = True,
        plugin_paths: Iterable[str | os.PathLike[str]] | None = None,
        cache: Any = None,  # a Cache or a function of the session, which lie in higher layers
        cache_key_maker: Any = None,
        auto_connect_event_hub: bool | None = False,
        schema_cache_path: str | os.PathLike[str] | Literal[False] | None = None,
        plugin_arguments: Mapping[str, Any] | None = None,
        timeout: Timeout = 60,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        strict_api: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> SessionConfig:
        """Return settings from the arguments of a session and, for what is None, the environment.

        An environment variable that is set but empty counts as not set.

        Raises:
            TypeError: If address, key or user are missing, or an argument has the wrong type.
            ValueError: If the address has no scheme or host or is none of the web, or the timeout is not positive.
        """
        return cls(
            server_url=_server_url(server_url, environ),
            api_key=_api_key(api_key, environ),
            api_user=_api_user(api_user, environ),
            auto_populate=bool(auto_populate),
            plugin_paths=_plugin_paths(plugin_paths, environ),
            cache=_cache(cache),
            cache_key_maker=cache_key_maker,
            auto_connect_event_hub=bool(auto_connect_event_hub),
            schema_cache_path=_schema_cache_path(schema_cache_path, environ),
            plugin_arguments=dict(_mapping("plugin_arguments", plugin_arguments)),
            timeout=_timeout(timeout),
            cookies=dict(_mapping("cookies", cookies)),
            headers=dict(_mapping("headers", headers)),
            strict_api=_strict_api(strict_api),
        )


def _server_url(argument: str | None, environ: Mapping[str, str]) -> str:
    url = _required_text("server_url", "server address", argument, (environ.get("FTRACK_SERVER"),), "FTRACK_SERVER")
    try:
        parts = urlsplit(url)
        complete = bool(parts.scheme and parts.hostname)
        _ = parts.port
    except ValueError as error:
        message = f"server_url {url!r} is not an address: {error}."
        raise ValueError(message) from error
    if not complete:
        raise ValueError(f'server_url {url!r} needs a scheme and a host, as in "https://studio.example.com".')
    if parts.scheme not in SCHEMES:
        raise ValueError(f"server_url {url!r} is reached by {parts.scheme}; ftrack is reached by https or http.")
    return url.rstrip("/")


def _api_key(argument: str | None, environ: Mapping[str, str]) -> str:
    fallbacks = (environ.get("FTRACK_API_KEY"), environ.get("FTRACK_APIKEY"))
    key = _required_text("api_key", "API key", argument, fallbacks, "FTRACK_API_KEY")
    if not key.isprintable():
        # The HTTP library would refuse it later, with the key in its message.
        raise ValueError("api_key holds characters that cannot be sent in a header, such as a line break.")
    return key


def _api_user(argument: str | None, environ: Mapping[str, str]) -> str:
    fallback = environ.get("FTRACK_API_USER")
    if argument is None and not (fallback and fallback.strip()):
        import getpass  # noqa: PLC0415 - few sessions are told no user

        try:
            fallback = getpass.getuser()
        except (OSError, KeyError, ImportError):
            fallback = None
    return _required_text("api_user", "API user", argument, (fallback,), "FTRACK_API_USER")


def _required_text(
    name: str, meaning: str, argument: str | None, fallbacks: Iterable[str | None], variable: str
) -> str:
    """Return the argument or, when it is None, the first fallback that is not blank; without outer blanks."""
    if argument is not None and not isinstance(argument, str):
        raise TypeError(f"{name} must be text, not {type(argument).__name__}.")
    candidates = [argument] if argument is not None else fallbacks
    for candidate in candidates:
        if candidate and candidate.strip():
            return candidate.strip()
    given = "is empty" if argument is not None else "is not given"
    raise TypeError(
        f"The {meaning} {given}. Pass {name} to ftrack_api.Session, or leave it out and set the environment "
        f"variable {variable}."
    )


def _plugin_paths(argument: Iterable[str | os.PathLike[str]] | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return folders in order; one text is split as the environment variable is, so that "" means none."""
    if argument is None:
        argument = environ.get("FTRACK_EVENT_PLUGIN_PATH", "")
    if isinstance(argument, str):
        argument = argument.split(os.pathsep)
    try:
        paths = [os.fspath(path).strip() for path in argument]
    except TypeError as error:
        raise TypeError(f"plugin_paths must be folders, as in ['/studio/plugins'], not {argument!r}.") from error
    return tuple(path for path in paths if path)


def _cache(value: Any) -> Any:
    if value is None or isinstance(value, caches.Cache) or callable(value):
        return value
    raise TypeError(f"cache must be a Cache, or a function of the session that returns one, not {value!r}.")


def _schema_cache_path(
    argument: str | os.PathLike[str] | Literal[False] | None, environ: Mapping[str, str]
) -> str | None:
    if argument is False:
        return None
    if argument is None:
        folder = environ.get("FTRACK_API_SCHEMA_CACHE_PATH", "").strip()
        return folder or _schema.private_folder.private_folder()
    if not isinstance(argument, str | os.PathLike):
        raise TypeError(f"schema_cache_path must be a folder, None or False, not {argument!r}.")
    return os.fspath(argument) or None


def _timeout(value: Timeout) -> Timeout:
    """Return the value when it is positive numbers of seconds or None."""
    if isinstance(value, tuple) and len(value) != TIMEOUT_PARTS:
        raise ValueError(f"timeout must be one figure, or two for connecting and reading, not {value!r}.")
    for part in value if isinstance(value, tuple) else (value,):
        if part is None:
            continue
        if isinstance(part, bool) or not isinstance(part, int | float):
            raise TypeError(f"timeout must be a number of seconds or None, not {part!r}.")
        if math.isnan(part) or part <= 0:
            raise ValueError(f"timeout must be greater than 0 seconds, not {part!r}.")
    return value


def _mapping(name: str, value: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping, not {type(value).__name__}.")
    return value


def _strict_api(value: bool) -> bool:  # noqa: FBT001 - checks an argument
    if not isinstance(value, bool):
        raise TypeError(f"strict_api must be True or False, not {value!r}.")
    return value
