"""Computed attributes in criteria and sort orders, as SQL expressions (data_model: 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, select

from ftrack_server.model.definition import Computed, Field
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_server.query.scope import Compilation


def computed_expression(
    context: Compilation, source: NamedFromClause, attribute: Computed, offset: int
) -> tuple[ColumnElement[Any], Field]:
    """Return the SQL of a computed value and a field that tells how it compares.

    Raises:
        ParseError: For a value that only exists in answers, such as ``link``.
    """
    rule = attribute.rule.name
    if rule == "is_latest_version":
        asset = context.alias("asset")
        # One look-up for each version that other criteria leave; a list of all latest versions grows with the site.
        latest = exists().where(asset.c.latest_version_id == source.c.id)
        return latest, Field(attribute.name, kind="boolean")
    if rule in {"time_logged", "bid_time_logged_difference"}:
        logged = time_logged(context, source)
        found = logged if rule == "time_logged" else func.coalesce(source.c.bid, 0.0) - logged
        return found, Field(attribute.name, kind="number")
    if rule == "review_is_open":
        now = dialect.current_moment(context.dialect)
        is_open = func.coalesce(and_(source.c.start_date <= now, source.c.end_date >= now), false())
        return is_open, Field(attribute.name, kind="boolean")
    if rule == "thumbnail_source":
        return thumbnail_source(context, source), Field(attribute.name, kind="fk")
    if rule == "review_thumbnail":
        return review_thumbnail(context, source), Field(attribute.name, kind="fk")
    if rule == "configuration_key":
        return source.c.key, Field(attribute.name, kind="string")
    raise context.refuse(f'"{attribute.name}" is worked out for answers and cannot be compared or sorted by', offset)


def time_logged(context: Compilation, source: NamedFromClause) -> ColumnElement[float]:
    """Return the seconds logged on a context and everything below it."""
    path, timelog = context.alias("context_path"), context.alias("timelog")
    total = (
        select(func.coalesce(func.sum(timelog.c.duration), 0.0))
        .select_from(path.join(timelog, timelog.c.context_id == path.c.descendant_id))
        .where(path.c.ancestor_id == source.c.id)
    )
    return total.scalar_subquery()


def thumbnail_source(context: Compilation, source: NamedFromClause) -> ColumnElement[str | None]:
    """Return the id of the nearest context with a thumbnail, from the context itself upwards."""
    path, above = context.alias("context_path"), context.alias("context")
    nearest = (
        select(path.c.ancestor_id)
        .select_from(path.join(above, above.c.id == path.c.ancestor_id))
        .where(path.c.descendant_id == source.c.id, above.c.thumbnail_id.isnot(None))
        .order_by(path.c.depth)
        .limit(1)
    )
    return nearest.scalar_subquery()


def review_thumbnail(context: Compilation, source: NamedFromClause) -> ColumnElement[str | None]:
    """Return the thumbnail of the version that a review names for it, else of the first version it shows."""
    named, first, shown = (context.alias(name) for name in ("asset_version", "asset_version", "review_session_object"))
    chosen = select(named.c.thumbnail_id).where(named.c.id == source.c.thumbnail_source_id)
    usual = (
        select(first.c.thumbnail_id)
        .select_from(shown.join(first, first.c.id == shown.c.version_id))
        .where(shown.c.review_session_id == source.c.id)
        .order_by(shown.c.sort_order, shown.c.id)
        .limit(1)
    )
    return case(
        (source.c.thumbnail_source_id.isnot(None), chosen.scalar_subquery()),
        else_=usual.scalar_subquery(),
    )
