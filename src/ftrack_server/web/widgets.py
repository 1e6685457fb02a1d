"""The pages behind widget addresses: a person's tasks, or what is known of one entity, as plain HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ftrack_protocol.query.ast import Comparison, Path, Segment, Select, Value
from ftrack_protocol.query.tokens import quote
from ftrack_server.auth.tickets import Ticket
from ftrack_server.model.definition import Field
from ftrack_server.query.engine import RunOptions

if TYPE_CHECKING:
    from starlette.requests import Request

    from ftrack_server.api.edition import Editions
    from ftrack_server.auth.keys import Actor, Authenticator
    from ftrack_server.storage.engine import Database

TASKS = (
    "select link, type.name, status.name, bid, end_date from Task "
    "where assignments any (resource.username is {}) order by end_date, project.name, name limit 500"
)
_PALETTES = {"light": ("#fff", "#222", "#e4e4e4"), "dark": ("#24272b", "#dfe2e6", "#3b4046")}


class WidgetPages:
    """Answers widget addresses."""

    def __init__(self, authenticator: Authenticator, database: Database, editions: Editions) -> None:
        self._authenticator = authenticator
        self._database = database
        self._editions = editions

    def routes(self) -> list[Route]:
        """Return where the pages are found."""
        return [Route("/widget/{name}", self._answer, methods=["GET"])]

    async def _answer(self, request: Request) -> Response:
        token, name = request.query_params.get("token", ""), request.path_params["name"]
        body = await run_in_threadpool(self._body, token, name)
        if body is None:
            text = "<p>This address was valid for a few minutes only. Open the page anew from the tool you use.</p>"
            return HTMLResponse(_page("No longer valid", text, "dark"), 403)
        return HTMLResponse(body, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"})

    def _body(self, token: str, name: str) -> str | None:
        """Return the page, None when the token does not open it."""
        opened = self._authenticator.open_page(token)
        if opened is None:
            return None
        actor, ticket = opened[0], Ticket.of_page(opened[1])
        if ticket.name != name:
            return None
        return self._info(actor, ticket) if name == "info" else self._tasks(actor, ticket)

    def _tasks(self, actor: Actor, ticket: Ticket) -> str:
        rows = self._query(actor, TASKS.format(quote(actor.username)))
        cells = (
            (
                " / ".join(item["name"] for item in row["link"]),
                _name(row["type"]),
                _name(row["status"]),
                f"{(row['bid'] or 0) / 3600:g} h",
                _day(row["end_date"]),
            )
            for row in rows
        )
        return _page("Tasks", _table(("Task", "Type", "Status", "Bid", "Due"), cells), ticket.theme)

    def _info(self, actor: Actor, ticket: Ticket) -> str:
        with self._database.read() as connection:
            definition = self._editions.at(connection).model.type(ticket.entity_type)
        names = [name for name, item in definition.attributes.items() if isinstance(item, Field) and not item.hidden]
        key = dict(zip(definition.key, ticket.entity_key, strict=False))
        where = [Comparison(Path((Segment(name),)), "is", Value(value)) for name, value in key.items()]
        query = Select(definition.id, tuple(Path((Segment(name),)) for name in names), where[0])
        rows = [row for row in self._query(actor, query) if all(str(row[name]) == value for name, value in key.items())]
        if not rows:
            return _page("Nothing here", "<p>There is no such entity, or you may not see it.</p>", ticket.theme)
        cells = ((name, _text(rows[0].get(name))) for name in sorted(names))
        return _page(definition.id, _table(("Attribute", "Value"), cells), ticket.theme)

    def _query(self, actor: Actor, query: str | Select) -> list[dict[str, Any]]:
        options = RunOptions(denormalize=True, access=actor.access)
        with self._database.read() as connection:
            return self._editions.at(connection).queries.query(connection, query, options).rows


def _name(entity: dict[str, Any] | None) -> str:
    return str(entity["name"]) if entity else ""


def _day(value: dict[str, str] | None) -> str:
    return value["value"][:10] if value else ""


def _text(value: Any) -> str:
    if isinstance(value, dict) and "value" in value:
        return str(value["value"])
    return "" if value is None else str(value)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _page(title: str, content: str, theme: str) -> str:
    background, text, line = _PALETTES[theme]
    style = (
        f"body{{background:{background};color:{text};font:14px system-ui,sans-serif;margin:1.5rem}}"
        f"table{{border-collapse:collapse;width:100%}}td,th{{text-align:left;padding:.4rem .6rem;"
        f"border-bottom:1px solid {line}}}h1{{font-size:1.2rem}}"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>"
    )
