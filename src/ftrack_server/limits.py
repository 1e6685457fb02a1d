"""How much one call may ask for, and the words when it asks for more."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass

from ftrack_protocol.query.tokens import MAX_TEXT_LENGTH
from ftrack_server.errors import RequestTooLargeError

MAX_OPERATIONS = 50_000
MAX_PAGE_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one server; each is the setting of the same name.

    Attributes:
        max_operations: Most operations in one batch.
        max_expression_length: Longest query expression, in characters.
        max_page_rows: Most rows in the answer to one query.
    """

    max_operations: int = MAX_OPERATIONS
    max_expression_length: int = MAX_TEXT_LENGTH
    max_page_rows: int = MAX_PAGE_ROWS

    def check_operations(self, batch: Sized) -> None:
        """Refuse a batch with too many operations.

        Raises:
            RequestTooLargeError: If it has more than `max_operations`.
        """
        if len(batch) > self.max_operations:
            raise RequestTooLargeError(
                f"The batch has {len(batch):,} operations, this server takes {self.max_operations:,} at once. "
                "Send it in several batches.",
                "max_operations",
                self.max_operations,
            )

    def check_expression(self, expression: str) -> None:
        """Refuse a query that is too long.

        Raises:
            RequestTooLargeError: If it has more than `max_expression_length` characters.
        """
        if len(expression) > self.max_expression_length:
            raise RequestTooLargeError(
                f"The query expression has {len(expression):,} characters, this server takes "
                f"{self.max_expression_length:,}. Look for fewer identifiers at a time, or use a sub-query.",
                "max_expression_length",
                self.max_expression_length,
            )

    def check_rows(self, rows: Sized) -> None:
        """Refuse an answer with too many rows.

        Raises:
            RequestTooLargeError: If it has more than `max_page_rows`.
        """
        if len(rows) > self.max_page_rows:
            raise RequestTooLargeError(
                f"The answer would have more than {self.max_page_rows:,} rows, which is what this server sends at "
                "once. Ask for pages with limit and offset.",
                "max_page_rows",
                self.max_page_rows,
            )


def body_too_large(largest: int) -> RequestTooLargeError:
    """Return the error for a request body that is larger than the limit, as sent or as expanded."""
    return RequestTooLargeError(
        f"The request is larger than the {largest} bytes this server accepts. Send it in several batches.",
        "max_request_bytes",
        largest,
    )
