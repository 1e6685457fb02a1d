"""Users: timers, invitations and API keys."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any

from ftrack_api import exception
from ftrack_api._state.storage import moment
from ftrack_api.entity import base

_logger = logging.getLogger(__name__)

# Any below is an entity.


class User(base.Entity):
    """A user of the server."""

    __slots__ = ()

    def start_timer(
        self,
        context: Any = None,
        comment: str = "",
        name: str | None = None,
        force: bool = False,  # noqa: FBT001, FBT002 - signature users know
    ) -> Any:
        """Start the timer of this user and commit; return it.

        Args:
            context: What the time is spent on.
            comment: Comment of the time log to come.
            name: Name of the time log, for time that belongs to no context.
            force: Whether a running timer is stopped, and logged, first.

        Raises:
            NotUniqueError: If a timer is running. Nothing of the new one is left to be sent.
        """
        if force:
            try:
                self.stop_timer()
            except exception.NoResultFoundError:
                _logger.debug("No timer of %s was running.", self)
        timer = self.session.create("Timer", {"user": self, "context": context, "name": name, "comment": comment})
        try:
            self.session.commit()
        except exception.DuplicateEntry as error:
            self.session._withdraw(timer)
            raise exception.NotUniqueError(
                f"{self} has a running timer; stop it first, or start with force=True."
            ) from error
        return timer

    def stop_timer(self) -> Any:
        """Stop the running timer of this user, commit, and return the time log made of it.

        Raises:
            NoResultFoundError: If no timer is running.
        """
        expression = "select user_id, context_id, comment, start, name from Timer where user_id is {user_id}"
        timer = self.session.query(expression, user_id=self["id"]).one()
        log = self.session.create(
            "Timelog",
            {
                "user_id": timer["user_id"],
                "context_id": timer["context_id"],
                "comment": timer["comment"],
                "start": timer["start"],
                "duration": int((self._now() - timer["start"]).total_seconds()),
                "name": timer["name"],
            },
        )
        self.session.delete(timer)
        self.session.commit()
        return log

    def send_invite(self) -> None:
        """Send this user an invitation by mail."""
        self.session.send_user_invite(self)

    def reset_api_key(self) -> str:
        """Return a new API key for this user; the old one is no longer valid."""
        return str(self.session.reset_remote("api_key", entity=self)["api_key"])

    def _now(self) -> Any:
        """Return the moment as the server writes moments: in UTC, or its wall clock without time zone support."""
        if self.session.server_information.get("is_timezone_support_enabled", True):
            return moment(datetime.now(timezone.utc).isoformat())
        return moment(datetime.now().isoformat())  # noqa: DTZ005 - wall clock of server and client, by definition
