"""What leads from each version of a database to the next, where that is more than an addition.

A released step never changes, so it has all that it needs in itself. It finds the tables as the version before left
them, and runs before missing tables, columns and indexes are added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, MetaData, insert, select, update


def give_roles_their_rights(connection: Connection, metadata: MetaData) -> None:
    """Let roles of a database from before there were rights have those that roles of their names have."""
    roles, rights = metadata.tables["security_role"], metadata.tables["role_permission"]
    rights.create(connection, checkfirst=True)
    if connection.execute(select(rights.c.role_id).limit(1)).first() is not None:
        return
    by_name = {
        "Administrator": ("site", "projects", "contribute"),
        "API": ("site", "projects", "contribute"),
        "Project Manager": ("projects", "contribute"),
        "User": ("contribute",),
        "Restricted User": ("contribute",),
    }
    rows = [
        {"role_id": role_id, "permission": right}
        for role_id, name in connection.execute(select(roles.c.id, roles.c.name))
        for right in by_name.get(name, ())
    ]
    if rows:
        connection.execute(insert(rights), rows)


def name_list_categories_as_clients_do(connection: Connection, metadata: MetaData) -> None:
    """Give the list categories Dailies and Delivery the ids that clients know them by."""
    categories, lists = metadata.tables["list_category"], metadata.tables["list"]
    seeded, dailies = "dc0fe6f1-374a-5c18-82a6-66aaaf6e6aac", "77b9ab82-07c2-11e4-ba66-04011030cf01"
    delivery = {"id": "712f0fee-ead3-11e2-846c-f23c91dfaa16", "name": "Delivery"}
    present = {row.id: row.name for row in connection.execute(select(categories.c.id, categories.c.name))}
    if seeded in present and dailies not in present:
        connection.execute(update(lists).where(lists.c.category_id == seeded).values(category_id=dailies))
        connection.execute(update(categories).where(categories.c.id == seeded).values(id=dailies))
    if present and delivery["id"] not in present and delivery["name"] not in present.values():
        connection.execute(insert(categories), delivery)


STEPS: Mapping[int, Callable[[Connection, MetaData], None]] = {
    2: give_roles_their_rights,
    3: name_list_categories_as_clients_do,
}
"""Steps by the version that they lead to."""
