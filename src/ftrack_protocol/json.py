"""JSON text and values, through orjson for large documents where it is installed and the standard library otherwise.

Loading orjson, with what it loads itself, costs about 7 ms and saves 2.5 ms a megabyte, so it is only loaded once a
process has read or written so much in large documents that more can be expected. Either way the result is the same:
``NaN`` is refused, the last of equal keys wins, a lone surrogate that was escaped is read, and what is nested too
deeply is a ValueError. Two things differ, since preventing them would cost a third of the time: whole numbers beyond 64
bits, exact otherwise, become floats when orjson reads them; and `dumps_bytes` says what orjson makes of values that
JSON does not have.
"""

from __future__ import annotations

import importlib
import json
from typing import Any

LARGE = 64 * 1024
"""Characters or bytes from which on a document is large."""

WORTH_LOADING = 256 * 1024
"""Characters or bytes of large documents after which orjson is loaded: one page of 500 rows, and more to come."""

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True).encode


class _Accelerator:
    """The optional module, looked for once."""

    def __init__(self) -> None:
        self.looked = False
        self.module: Any = None
        self._seen = 0

    def after(self, size: int) -> Any:
        """Return the module if it is worth loading, now that one more large document was met, or None."""
        if not self.looked:
            self._seen += size
            if self._seen < WORTH_LOADING:
                return None
        return self.get()

    def get(self) -> Any:
        """Return the module, or None when there is none."""
        if not self.looked:
            self.looked = True
            try:
                self.module = importlib.import_module("orjson")
            except ImportError:
                self.module = None
        return self.module


_accelerator = _Accelerator()


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON document.

    Args:
        text: Text, or bytes in UTF-8.

    Raises:
        ValueError: If it is no JSON, naming line and column; holds ``NaN`` or ``Infinity``; or is nested too deeply,
            which begins at some 900 levels. A number too large for a float, such as ``1e999``, is an infinity.
    """
    if len(text) >= LARGE and (orjson := _accelerator.after(len(text))) is not None:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return _standard_loads(text)  # which has the better message, and reads lone surrogates
    return _standard_loads(text)


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Return compact JSON text, characters beyond ASCII as they are.

    Raises:
        TypeError: For a value JSON has no form for.
        ValueError: For ``NaN`` and infinities, and for what is nested too deeply or holds itself.
    """
    try:
        return _sorted(value) if sort_keys else _compact(value)
    except RecursionError as error:
        raise ValueError("the value is nested too deeply for JSON") from error


def dumps_bytes(value: Any) -> bytes:
    """Return compact JSON in UTF-8, as fast as this installation can: the form for large answers.

    The first large values are written by the standard library and are what orjson is then loaded for.

    Args:
        value: Mappings, lists, text, numbers, truth values and None, as they come out of `loads` or a database.
            ``NaN`` and infinities are not looked for, since looking would cost more than writing: orjson writes them
            as null. Nor are UUIDs and enumerations, which it writes as text and value.

    Raises:
        TypeError: For a value JSON has no form for.
        ValueError: For text that is no valid Unicode, and for what is nested too deeply or holds itself.
    """
    orjson = _accelerator.module
    if orjson is not None:
        try:
            # Dates and dataclasses are refused, as without orjson.
            encoded: bytes = orjson.dumps(
                value, None, orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
            )
        except TypeError:
            return dumps(value).encode()  # numbers beyond 64 bits, keys that are numbers, depth beyond 254
        return encoded
    encoded = dumps(value).encode()
    if len(encoded) >= LARGE:
        _accelerator.after(len(encoded))
    return encoded


def _standard_loads(text: str | bytes) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("the document is nested too deeply") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value; send null or text instead")
