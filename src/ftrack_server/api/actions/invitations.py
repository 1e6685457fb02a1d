"""Messages that invite people: to the site, and to review sessions (protocol: 2.12)."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftrack_protocol.actions import SendReviewSessionInvite, SendUserInvite
    from ftrack_server.api.context import RequestContext


def send_user_invite(context: RequestContext, action: SendUserInvite) -> dict[str, Any]:
    """Send a user the address of the site and their user name.

    The message goes out once the batch is committed.

    Raises:
        NotFoundError: If there is no such user.
        ValidationError: If the user has no e-mail address.
    """
    user = context.existing("resource", action.user_id, "User")
    address = _address(user, f"User {user['username']}")
    name = " ".join(filter(None, (user["first_name"], user["last_name"]))) or user["username"]
    _post(
        context,
        address,
        "You have been invited to ftrack",
        f"Hello {name},\n\nyou have an account on {context.base_url}.\nYour user name is {user['username']}.\n",
    )
    return {"action": action.action, "sent": True}


def send_review_session_invite(context: RequestContext, action: SendReviewSessionInvite) -> dict[str, Any]:
    """Send an invitee the name and the time of a review session, and note when that was.

    Raises:
        NotFoundError: If there is no such invitee.
        ValidationError: If the invitee has no e-mail address.
    """
    invitee = context.existing("review_session_invitee", action.review_session_invitee_id, "ReviewSessionInvitee")
    session = context.existing("review_session", invitee["review_session_id"], "ReviewSession")
    project = context.existing("context", session["project_id"], "Project")
    if not context.actor.access.sees_project(project["id"], is_private=bool(project["is_private"])):
        raise errors.PermissionDeniedError(
            f"You may not invite to this review session: none of your roles extends to its project {project['id']}. "
            "Ask an administrator to grant it."
        )
    address = _address(invitee, f"Invitee {invitee['name']}")
    until = f" until {session['end_date']:%Y-%m-%d %H:%M} UTC" if session["end_date"] else ""
    _post(
        context,
        address,
        f"Review: {session['name']}",
        f'Hello {invitee["name"]},\n\nyou are invited to review "{session["name"]}" on {context.base_url}{until}.\n'
        f"\n{session['description'] or ''}\n",
    )
    context.rows.update("review_session_invitee", [((invitee["id"],), {"last_sent_at": context.now})])
    context.touched.add("review_session_invitee")
    return {"action": action.action, "sent": True}


def _post(context: RequestContext, address: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["To"] = address
    message["From"] = context.services.mail_from
    message["Subject"] = " ".join(subject.split())
    message.set_content(text)
    context.after_commit.append(lambda: context.services.mailer.send(message))


def _address(row: Mapping[str, Any], described: str) -> str:
    address = str(row["email"] or "")
    if "@" not in address or any(character.isspace() for character in address):
        raise errors.ValidationError(f"{described} has no usable e-mail address, but {address!r}. Set it first.")
    return address
