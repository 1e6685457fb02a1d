"""From a request body to replies: who calls, which actions, one transaction for all of them, which one failed."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftrack_protocol import actions
from ftrack_server import errors, logs
from ftrack_server.api.actions import describe, encode, invitations, media, people, service, widget
from ftrack_server.api.actions.authorise import authorise_action
from ftrack_server.api.actions.check import check_references
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.query import query
from ftrack_server.api.actions.search import search
from ftrack_server.api.actions.segment import run_segment
from ftrack_server.api.actions.work import Work
from ftrack_server.api.context import RequestContext, Services
from ftrack_server.api.edition import DECIDING_TABLES
from ftrack_server.api.options import CallOptions
from ftrack_server.api.payload import decode
from ftrack_server.api.rows import Rows
from ftrack_server.events.outbox import record
from ftrack_server.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ftrack_protocol.actions import Action
    from ftrack_server.api.actions.collect import Mutation
    from ftrack_server.api.edition import Editions
    from ftrack_server.api.options import Credentials
    from ftrack_server.auth.keys import Actor, Authenticator
    from ftrack_server.clock import Clock
    from ftrack_server.media.files import Files
    from ftrack_server.storage.engine import Database

MUTATIONS = (actions.Create, actions.Update, actions.Delete)
EXPRESSIONS = (actions.Query, actions.Search)

READERS: Mapping[type[Any], Callable[[RequestContext, Any], Any]] = {
    actions.Query: query,
    actions.QuerySchemas: describe.query_schemas,
    actions.QueryServerInformation: describe.query_server_information,
    actions.Search: search,
    actions.GetWidgetUrl: widget.get_widget_url,
    actions.SendUserInvite: invitations.send_user_invite,
    actions.TrackUsage: service.track_usage,
}
"""Actions that only read."""

WRITERS: Mapping[type[Any], Callable[[RequestContext, Any], Any]] = {
    actions.GetUploadMetadata: media.get_upload_metadata,
    actions.CompleteMultipartUpload: media.complete_multipart_upload,
    actions.EncodeMedia: encode.encode_media,
    actions.ResetRemote: people.reset_remote,
    actions.AddUserSecurityRole: people.add_user_security_role,
    actions.RemoveUserSecurityRole: people.remove_user_security_role,
    actions.DelayedJob: service.delayed_job,
    actions.SendReviewSessionInvite: invitations.send_review_session_invite,
    actions.UpdateUserSecurityRole: people.update_user_security_role,
    actions.GrantUserSecurityRoleProject: people.grant_user_security_role_project,
    actions.RevokeUserSecurityRoleProject: people.revoke_user_security_role_project,
}
"""Actions that write, creates, updates and deletes aside, which are written together."""

PREPARATIONS: Mapping[type[Any], Callable[[Files, Actor, Any], None]] = {
    actions.CompleteMultipartUpload: media.prepare_completion,
}
"""What an action does before the transaction of its batch, as it may take long and can be repeated."""

IDENTITY_TABLES = frozenset(
    {"api_key", "resource", "security_role", "user_security_role", "user_security_role_project"}
)
"""Tables that decide who calls and what they may do."""


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Runs batches.

    Attributes:
        database: Where they read and write.
        editions: The data model.
        authenticator: Verifies who calls.
        clock: Time and new ids.
        services: What the server has besides.
        public_url: Address of this server for clients; that of the request when empty.
        limits: How much a batch may ask for.
    """

    database: Database
    editions: Editions
    authenticator: Authenticator
    clock: Clock
    services: Services
    public_url: str = ""
    limits: Limits = field(default_factory=Limits)

    def run(self, body: bytes, credentials: Credentials, options: CallOptions, base_url: str) -> Any:
        """Return the replies to a request body, in its order: a list for a list, one reply for a lone operation.

        Whoever is not known gets nothing parsed. A batch is one transaction: its first failure leaves no trace of it.

        Raises:
            ServerError: For whatever is wrong; ``operation_index`` and the message tell in which operation.
        """
        actor = self.identify(credentials)
        payload = decode(body)
        batch = _parsed(payload, self.limits)
        logs.note(operations=len(batch))
        replies = self.carry_out(actor, batch, options, base_url)
        return replies if isinstance(payload, list) else replies[0]

    def carry_out(
        self, actor: Actor, batch: Sequence[Action], options: CallOptions | None = None, base_url: str = ""
    ) -> list[Any]:
        """Return the replies to actions that somebody does, for whom the server may act by itself; as `run` does.

        Raises:
            ServerError: For whatever is wrong; ``operation_index`` and the message tell in which operation.
        """
        self._prepare(batch, actor)
        writes = any(isinstance(action, MUTATIONS) or type(action) in WRITERS for action in batch)
        with self.database.write() if writes else self.database.read() as connection:
            context = RequestContext(
                actor=actor,
                options=options or CallOptions(),
                edition=self.editions.at(connection),
                connection=connection,
                rows=Rows(self.database, connection),
                clock=self.clock,
                now=self.clock.now(),
                base_url=self.public_url.rstrip("/") or base_url,
                services=self.services,
            )
            with _placed(batch):
                replies = self._perform(context, batch)
            if context.touched & DECIDING_TABLES:
                self.database.advance_edition(connection)
        if context.touched & IDENTITY_TABLES:
            self.authenticator.forget()
        for act in context.after_commit:
            act()
        return replies

    def identify(self, credentials: Credentials) -> Actor:
        """Return who calls: whom the headers name, or without those, whom the session cookie stands for.

        Raises:
            InvalidCredentialsError: If nobody does.
        """
        if credentials.session and not credentials.username and not credentials.api_key:
            return self.authenticator.resume(credentials.session)
        return self.authenticator.verify(credentials.username, credentials.api_key)

    def session(self, credentials: Credentials) -> str:
        """Return a cookie for a caller whose headers were good, empty for one who has a cookie (protocol: 1.2)."""
        if credentials.session:
            return ""
        return self.authenticator.session(self.identify(credentials), credentials.api_key)

    def _prepare(self, batch: Sequence[Action], actor: Actor) -> None:
        for index, action in enumerate(batch):
            prepare = PREPARATIONS.get(type(action))
            if prepare is not None:
                with _placed(batch), failing_at(index):
                    prepare(self.services.files, actor, action)

    def _perform(self, context: RequestContext, batch: Sequence[Action]) -> list[Any]:
        """Run the actions in order; neighbouring creates, updates and deletes are written together."""
        work = Work(context)
        replies: dict[int, Any] = {}
        segment: list[tuple[int, Mutation]] = []
        for index, action in enumerate(batch):
            if isinstance(action, MUTATIONS):
                segment.append((index, action))
                continue
            replies.update(self._write(work, segment))
            segment = []
            with failing_at(index), self.database.explained():
                authorise_action(context, action)
                replies[index] = _handler(action)(context, action)
        replies.update(self._write(work, segment))
        check_references(work)
        _tell(context)
        return [replies[index] for index in range(len(batch))]

    def _write(self, work: Work, segment: list[tuple[int, Mutation]]) -> dict[int, Any]:
        if not segment:
            return {}
        replies = run_segment(work, segment)
        if work.context.touched & DECIDING_TABLES:
            work.context.edition = self.editions.of(work.context.rows)
        return replies


def _tell(context: RequestContext) -> None:
    """Write what the batch has changed into the outbox, to be sent once it is committed."""
    told = record(
        context.edition.model,
        context.rows,
        context.changes,
        context.actor,
        client_token=context.options.client_token,
        push_token=context.options.push_token,
    )
    if told:
        context.after_commit.append(context.services.announce)


def _parsed(payload: Any, limits: Limits) -> list[Action]:
    """Return the actions of a batch, all of them known to this server; nothing has been done by then."""
    if isinstance(payload, list):
        limits.check_operations(payload)
    try:
        batch = actions.parse_batch(payload)
    except actions.UnknownActionError as error:
        raise _at(errors.UnknownActionError(error.name), error.index) from error
    except actions.ActionError as error:
        raise _at(errors.RequestError(error.reason), error.index) from error
    for index, action in enumerate(batch):
        if not isinstance(action, MUTATIONS) and type(action) not in READERS and type(action) not in WRITERS:
            raise _at(errors.UnknownActionError(action.action), index)
        if isinstance(action, EXPRESSIONS):
            with failing_at(index):
                limits.check_expression(action.expression)
    return batch


def _handler(action: Action) -> Callable[[RequestContext, Any], Any]:
    return READERS.get(type(action)) or WRITERS[type(action)]


def _at(error: errors.ServerError, index: int | None) -> errors.ServerError:
    error.operation_index = index
    return error


@contextlib.contextmanager
def _placed(batch: Sequence[Action]) -> Iterator[None]:
    """Say in words which operation of a larger batch failed."""
    try:
        yield
    except errors.ServerError as error:
        index = error.operation_index
        if index is not None and len(batch) > 1:
            action = batch[index]
            named = f"{action.action} {getattr(action, 'entity_type', None) or ''}".rstrip()
            error.message += f" (operation {index + 1} of {len(batch)}: {named})"
        raise
