"""Names as parts of paths: cleaned, never empty, a parent or a reserved name, and told apart when letters are lost."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from ftrack_api import exception

DIGEST_LENGTH = 8

# Names that Windows keeps for devices, whatever the extension.
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
_NOT_LATIN = re.compile(r"[^A-Za-z0-9_.\-]")
_NOT_IN_PATHS = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DOTS = re.compile(r"\.+")


def check_part(part: str) -> str:
    """Return a part of a path as it is.

    Raises:
        StructureError: If it is empty, leads to the folder itself or its parent, or holds a separator or a null.
    """
    if not part or part in {".", ".."} or "/" in part or "\\" in part or "\0" in part:
        raise exception.StructureError(
            f"{part!r} cannot be a part of a path: a part must not be empty, '.' or '..', nor hold a separator. "
            "Rename the entity or the component, or let the structure replace illegal characters."
        )
    return part


def latin_part(name: str, substitute: str) -> str:
    """Return a name in lower-case Latin letters, digits, ``_``, ``.`` and ``-``.

    Accents are dropped and other characters replaced. A name that loses letters or pictures that way, such as one in
    Japanese, gets a digest of itself at the end, so that two of them never meet. Latin letters that have no plain
    form, such as ``ø``, are dropped, as studios that used the official client have it in their folders.
    """
    if name.isascii():
        return _usable(_NOT_LATIN.sub(lambda _: substitute, name).strip().lower(), name, substitute, lost=False)
    normal = unicodedata.normalize("NFKD", name)
    kept = normal.encode("ascii", "ignore").decode("ascii")
    lost = any(map(_is_lost, normal))
    part = _NOT_LATIN.sub(lambda _: substitute, kept).strip().lower()
    return _usable(part, name, substitute, lost=lost)


def unicode_part(name: str, substitute: str) -> str:
    """Return a name in NFC with its letters and their case kept, fit for every common file system.

    A name that has to be changed beyond that gets a digest of itself at the end.
    """
    normal = unicodedata.normalize("NFC", name)
    part = _NOT_IN_PATHS.sub(lambda _: substitute, normal).strip().rstrip(".")
    return _usable(part, normal, substitute, lost=part != normal or _RESERVED.match(part) is not None)


def _usable(part: str, name: str, substitute: str, *, lost: bool) -> str:
    """Return a part that is not empty, no parent and not reserved, with a digest of the name where letters were lost.

    The digest comes before the extension, which programs go by.
    """
    if _DOTS.fullmatch(part):
        part = substitute * len(part)
    if not part:
        return digest(name)
    if lost:
        stem, dot, extension = part.rpartition(".")
        if not dot or not re.fullmatch(r"[A-Za-z0-9]+", extension):
            stem, dot, extension = part, "", ""
        part = f"{stem}{'_' if stem else ''}{digest(name)}{dot}{extension}"
    return _RESERVED.sub(lambda match: f"{match.group()}_", part, count=1) if _RESERVED.match(part) else part


def _is_lost(character: str) -> bool:
    """Return whether a character carries meaning and has no place in a Latin name."""
    if character.isascii() or unicodedata.category(character)[0] not in "LNS":
        return False
    return not unicodedata.name(character, "").startswith("LATIN ")


def digest(name: str) -> str:
    """Return a short text that stands for a name; equal for texts that only differ in how accents are written."""
    return hashlib.sha256(unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")).hexdigest()[
        :DIGEST_LENGTH
    ]
