"""What an answer of the server means: its value, or the one exception that tells what went wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_protocol import json
from ftrack_protocol.faults import Fault

if TYPE_CHECKING:
    from ftrack_api._transport.base import Response

EXCERPT_LENGTH = 200
HTTP_ERROR = 400
CREDENTIALS_INVALID = "api_credentials_invalid"

_DUPLICATE = "DuplicateEntryError"  # in the text of other names too (protocol: 1.3)
_BY_NAME = {
    "InvalidCredentialsError": exception.Unauthorized,
    "FTAuthenticationError": exception.Unauthorized,
    "PermissionError": exception.PermissionDenied,
    "ValidationError": exception.ValidationError,
    _DUPLICATE: exception.DuplicateEntry,
    "NotFoundError": exception.NotFound,
}
_BY_STATUS = {
    401: exception.Unauthorized,
    403: exception.PermissionDenied,
    404: exception.NotFound,
    429: exception.RateLimited,
}


def check(response: Response) -> Any:
    """Return the JSON value of an answer.

    Returns:
        A list with one result per action; whatever JSON the server sent, if it is no fault.

    Raises:
        ServerError: Or the subclass that fits: if the answer is a fault, has an error status, or is no JSON. A fault
            is recognised by its body, since servers that are not strict send it with status 200 (protocol: 1.3).
    """
    try:
        value = json.loads(response.body)
    except ValueError as error:
        raise _unreadable(response) from error
    fault = Fault.from_wire(value)
    if fault is not None:
        raise _refused(fault, response)
    if response.status >= HTTP_ERROR:
        raise _unreadable(response)
    return value


def _refused(fault: Fault, response: Response) -> exception.ServerError:
    """Return the exception for what the server said; the text is the one scripts look for (protocol: 1.3)."""
    error = _class_of(fault, response.status)(f"Server reported error: {fault}")
    error.exception = fault.exception
    error.content = fault.content
    error.code = fault.error_code
    error.error = fault.error
    index = (fault.error or {}).get("operation_index")
    error.operation_index = index if isinstance(index, int) else None
    return _with_answer(error, response)


def _class_of(fault: Fault, status: int) -> type[exception.ServerError]:
    if fault.error_code == CREDENTIALS_INVALID:
        return exception.Unauthorized
    if _DUPLICATE in fault.content or (
        fault.exception == "IntegrityError" and "duplicate entry" in fault.content.lower()
    ):
        return exception.DuplicateEntry
    named = _BY_NAME.get(fault.exception)
    return named or _BY_STATUS.get(status, exception.ServerError)


def _unreadable(response: Response) -> exception.ServerError:
    """Return the exception for an answer that is not the server's, such as a proxy's page."""
    text = _excerpt(response)
    said = f": {text}" if text else ", with an empty body."
    if response.status >= HTTP_ERROR:
        found = _BY_STATUS.get(response.status, exception.ServerError)
        error = found(f"Server answered with HTTP status {response.status}{said}")
    else:
        error = exception.ServerError(f"Server answered in an unexpected format, not in JSON{said}")
    error.content = text
    return _with_answer(error, response)


def _with_answer(error: exception.ServerError, response: Response) -> exception.ServerError:
    error.status = response.status
    error.request_id = response.headers.get("x-request-id")
    return error


def _excerpt(response: Response) -> str:
    """Return the beginning of a body as one line, without the markup of a page."""
    text = response.body[: EXCERPT_LENGTH * 50].decode("utf-8", errors="replace")
    if "html" in response.headers.get("content-type", "") or text.lstrip()[:1] == "<":
        text = re.sub(r"(?is)<(style|script)\b.*?</\1\s*>", " ", text)
        import html  # noqa: PLC0415 - its table of names is needed for the error pages of proxies alone

        text = html.unescape(re.sub(r"<[^<>]*>", " ", text))
    text = " ".join(text.split())
    return text if len(text) <= EXCERPT_LENGTH else text[:EXCERPT_LENGTH].rstrip() + " …"
