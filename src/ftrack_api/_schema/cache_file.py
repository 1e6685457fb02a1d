"""The schema file of one server: written whole or not at all, read without trust."""

# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH120, PTH123 - texts throughout, as pathlib takes longer to load than this module

from __future__ import annotations

import contextlib
import logging
import os
import string
import zlib
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import ftrack_protocol
from ftrack_api._garbage import garbage_waits
from ftrack_protocol import json

Schemas: TypeAlias = "list[dict[str, Any]]"
StrPath: TypeAlias = "str | os.PathLike[str]"

FORMAT = 1
OWNER_ONLY = 0o700

_IN_NAMES = frozenset(string.ascii_letters + string.digits + ".-")

_logger = logging.getLogger(__name__)


def file_for(folder: StrPath, server_url: str) -> str:
    """Return the path of a server's file in a folder: two servers never share one.

    The name shows the host, for people, and a checksum of the whole address, so that it tells servers apart and is
    always a valid name. Should two ever meet, the hash of their schemas keeps each from using what is the other's.
    """
    host = "".join(sign if sign in _IN_NAMES else "_" for sign in urlsplit(server_url).netloc.rpartition("@")[2])
    address = server_url.rstrip("/").encode("utf-8")
    checksum = f"{zlib.crc32(address):08x}{zlib.adler32(address):08x}"
    return os.path.join(folder, f"ftrack_api_schemas_{host[:80]}_{checksum}.json")


def read(path: StrPath) -> tuple[Schemas, str] | None:
    """Return the schemas of a file and the server's hash of them, or None when there is no usable file.

    A file that is missing is passed over silently; one that cannot be used is reported as a warning, and the caller
    replaces it. The hash is the one the server gave: it is not calculated again (4 ms for 130 types), save for a plain
    list of schemas, which is what older clients wrote.
    """
    try:
        with open(path, "rb") as file:
            text = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        _logger.warning("Schema file %s cannot be read: %s", path, error)
        return None
    try:
        with garbage_waits():
            document = json.loads(text)
    except ValueError as error:
        _logger.warning("Schema file %s is ignored, it is damaged: %s", path, error)
        return None
    if isinstance(document, list) and document and all(isinstance(item, dict) and "id" in item for item in document):
        return document, ftrack_protocol.schema_hash(
            document
        )  # of the content itself, so that only the server's own are ever used
    problem = _problem(document)
    if problem:
        _logger.warning("Schema file %s is ignored: %s", path, problem)
        return None
    return document["schemas"], document["hash"]


def write(path: StrPath, schemas: Schemas, server_hash: str | None) -> bool:
    """Write a file in one step, making its folder when missing; return whether it worked.

    Without a hash of the server it is a plain list, as other clients write it.

    A reader at the same moment sees the old file or the new one. Folder and file are for the user alone when they are
    made here. A failure is logged as a warning and leaves the old file: a session works without its cache.
    """
    try:
        os.makedirs(os.path.dirname(path) or ".", mode=OWNER_ONLY, exist_ok=True)
        document = {"format": FORMAT, "hash": server_hash, "schemas": schemas} if server_hash else schemas
        replace(path, json.dumps_bytes(document))
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


def _problem(document: Any) -> str:
    """Return why a document is no schema file of this format, or an empty text."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return "it has another format"
    if not isinstance(document.get("hash"), str) or not document["hash"]:
        return "it names no hash"
    schemas = document.get("schemas")
    if not isinstance(schemas, list) or not schemas:
        return "it holds no schemas"
    for schema in schemas:
        if not isinstance(schema, dict) or not isinstance(schema.get("id"), str):
            return "an entry is no schema"
        if not isinstance(schema.get("properties"), dict) or not isinstance(schema.get("primary_key"), list):
            return f'schema "{schema["id"]}" lacks properties or a primary key'
    return ""
