"""The schema file of one server: written whole or not at all, read without trust."""

# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH120, PTH123 - texts throughout, as pathlib takes longer to load than this module

from __future__ import annotations

import contextlib
import logging
import os
import string
import zlib
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import ftrack_protocol
from ftrack_api._garbage import garbage_waits
from ftrack_api._schema.documents import Documents, base_of
from ftrack_protocol import json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ftrack_api._schema.documents import Entry

Schemas: TypeAlias = "list[dict[str, Any]]"
StrPath: TypeAlias = "str | os.PathLike[str]"

FORMAT = 2
OWNER_ONLY = 0o700

_IN_NAMES = frozenset(string.ascii_letters + string.digits + ".-")

_logger = logging.getLogger(__name__)

# What this process has read, by path: which version of the file, and what it holds. The texts of it never change.
_known: dict[str, tuple[tuple[int, ...], Sequence[Entry], str]] = {}


def file_for(folder: StrPath, server_url: str) -> str:
    """Return the path of a server's file in a folder: two servers never share one.

    The name shows the host, for people, and a checksum of the whole address, so that it tells servers apart and is
    always a valid name. Should two ever meet, the hash of their schemas keeps each from using what is the other's.
    """
    host = "".join(sign if sign in _IN_NAMES else "_" for sign in urlsplit(server_url).netloc.rpartition("@")[2])
    address = server_url.rstrip("/").encode("utf-8")
    checksum = f"{zlib.crc32(address):08x}{zlib.adler32(address):08x}"
    return os.path.join(folder, f"ftrack_api_schemas_{host[:80]}_{checksum}.jsonl")


def read(path: StrPath) -> tuple[Documents, str] | None:
    """Return the schemas of a file and the server's hash of them, or None when there is no usable file.

    A file that is missing is passed over silently; one that cannot be used is reported as a warning, and the caller
    replaces it. The hash is the one the server gave: it is not calculated again (4 ms for 130 types), save for a plain
    list of schemas, which is what older clients wrote.

    Cost: 0.3 ms for 130 types; next to nothing for a file that this process has read and nobody has changed.
    """
    try:
        with open(path, "rb") as file:
            about = os.fstat(file.fileno())
            version = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
            known = _known.get(os.fspath(path))
            text = b"" if known is not None and known[0] == version else file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        _logger.warning("Schema file %s cannot be read: %s", path, error)
        return None
    if known is None or known[0] != version:
        try:
            entries, server_hash = _usable(text)
        except ValueError as error:
            _logger.warning("Schema file %s is ignored: %s", path, error)
            return None
        known = _known[os.fspath(path)] = (version, entries, server_hash)
    return Documents(known[1]), known[2]


def write(path: StrPath, schemas: Schemas, server_hash: str | None) -> bool:
    """Write a file in one step, making its folder when missing; return whether it worked.

    Without a hash of the server it is a plain list, as other clients write it.

    A reader at the same moment sees the old file or the new one. Folder and file are for the user alone when they are
    made here. A failure is logged as a warning and leaves the old file: a session works without its cache.
    """
    try:
        os.makedirs(os.path.dirname(path) or ".", mode=OWNER_ONLY, exist_ok=True)
        replace(path, _content(schemas, server_hash) if server_hash else json.dumps_bytes(schemas))
    except (OSError, TypeError, ValueError) as error:
        _logger.warning("Schema file %s cannot be written: %s", path, error)
        return False
    return True


def replace(path: StrPath, content: bytes) -> None:
    """Put content in place of a file, through a temporary file beside it, which has mode 0600."""
    import tempfile  # noqa: PLC0415 - loads a good deal, and is needed once for each new version of the schemas

    folder, name = os.path.split(path)
    descriptor, temporary = tempfile.mkstemp(dir=folder or ".", prefix=f".{name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _content(schemas: Schemas, server_hash: str) -> bytes:
    """Return what is written: a line that says what follows, a line for each schema, and a checksum of all that.

    Raises:
        ValueError: If something is no schema, or two have one id.
    """
    entries = [(schema["id"], base_of(schema), json.dumps_bytes(schema)) for schema in schemas if not _problem(schema)]
    if len({name for name, *_ in entries}) != len(schemas):
        raise ValueError(next(filter(None, map(_problem, schemas)), "two schemas have one id"))
    header = {"format": FORMAT, "hash": server_hash, "schemas": [(name, base) for name, base, _ in entries]}
    body = b"\n".join([json.dumps_bytes(header), *(text for *_, text in entries)])
    return body + b"\n" + _checksum(body)


def _usable(content: bytes) -> tuple[list[Entry], str]:
    """Return the entries and the hash of the content of a file.

    Raises:
        ValueError: If it is none of this format, or was changed.
    """
    is_ours = content.startswith(b"{")
    try:
        with garbage_waits():
            document = json.loads(content.partition(b"\n")[0] if is_ours else content)
    except ValueError as error:
        raise ValueError(f"it is damaged: {error}") from error
    if isinstance(document, list) and document:
        # The hash is of the content itself, so that only the server's own are ever used.
        schema_hash = ftrack_protocol.schema_hash(document)
        return _usable(_content(document, schema_hash))
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("it has another format")
    body, _, checksum = content.rpartition(b"\n")
    if checksum != _checksum(body):
        raise ValueError("it is damaged")
    server_hash, names = document.get("hash"), document.get("schemas")
    if not isinstance(server_hash, str) or not server_hash:
        raise ValueError("it names no hash")
    texts = body.split(b"\n")[1:]
    if not texts or not isinstance(names, list) or len(names) != len(texts) or not all(map(_is_named, names)):
        raise ValueError("it holds no schemas")
    return [(name, base, text) for (name, base), text in zip(names, texts, strict=True)], server_hash


def _is_named(names: Any) -> bool:
    return isinstance(names, list) and [type(name) for name in names] == [str, str]


def _checksum(body: bytes) -> bytes:
    return b'"%08x"' % zlib.crc32(body)


def _problem(schema: Any) -> str:
    """Return why something is no schema, or an empty text."""
    if not isinstance(schema, dict) or not isinstance(schema.get("id"), str):
        return "an entry is no schema"
    return ""
