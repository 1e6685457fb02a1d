"""Every difference between SQLite and PostgreSQL, and nothing else; no other module asks which database it works on.

What all of the server uses is named here. `types` is how values are stored, `sql` what is written differently,
`transaction` what is said differently and `insight` what is asked differently. `sqlite` and `postgresql` open a
database of one kind and speak of its errors, in the form of `backend`; `sqlite_statistics` and `sqlite_files` look
after a file, and `kinds` chooses among the two.
"""

from ftrack_server.storage.dialect.insight import content_mark, finds_in_order
from ftrack_server.storage.dialect.sql import (
    contains,
    current_moment,
    folded,
    insert_ignoring,
    leading_nowhere,
    like,
    member,
    member_of,
    member_values,
    moment_literal,
    ordered,
    partial_index_options,
    upsert,
)
from ftrack_server.storage.dialect.transaction import CONTROL
from ftrack_server.storage.dialect.types import COLUMN_TYPES, auto_integer, family

__all__ = [
    "COLUMN_TYPES",
    "CONTROL",
    "auto_integer",
    "contains",
    "content_mark",
    "current_moment",
    "family",
    "finds_in_order",
    "folded",
    "insert_ignoring",
    "leading_nowhere",
    "like",
    "member",
    "member_of",
    "member_values",
    "moment_literal",
    "ordered",
    "partial_index_options",
    "upsert",
]
