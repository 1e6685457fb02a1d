"""Invitations go to an outbox, or to a mail server, once the batch is committed."""

from __future__ import annotations

import email
import socketserver
import threading
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.mail.mailer import DeliveryError, FolderMailer, SmtpMailer
from ftrack_server.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def server(outbox: Path, run_server: Any) -> Iterator[RunningServer]:
    with run_server(outbox_path=str(outbox), mail_from="studio@example.invalid") as server:
        yield server


def call(server: RunningServer, *operations: dict[str, Any]) -> Any:
    headers = {"ftrack-user": server.api_user, "ftrack-api-key": server.api_key}
    return requests.post(f"{server.url}/api", json=list(operations), headers=headers, timeout=30).json()


def user(**data: Any) -> dict[str, Any]:
    return {"action": "create", "entity_type": "User", "entity_data": {"id": "u", "username": "kim", **data}}


INVITE = {"action": "send_user_invite", "user_id": "u"}


def messages(outbox: Path) -> list[Any]:
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(outbox.glob("*"))]


def test_a_user_is_told_where_and_under_which_name(server: RunningServer, outbox: Path) -> None:
    replies = call(server, user(email="kim@example.invalid", first_name="Kim"), INVITE)

    [message] = messages(outbox)
    assert replies[1] == {"action": "send_user_invite", "sent": True}
    assert (message["to"], message["from"]) == ("kim@example.invalid", "studio@example.invalid")
    assert server.url in message.get_content()
    assert "kim" in message.get_content()
    assert server.api_key not in message.as_string()


def test_nothing_is_sent_for_a_batch_that_fails(server: RunningServer, outbox: Path) -> None:
    reply = call(server, user(email="kim@example.invalid"), INVITE, {"action": "query", "expression": "Nothing"})

    assert reply["exception"] == "UnknownEntityTypeError"
    assert not outbox.exists()


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.invalid", "a@example.invalid\nbcc: b@example.invalid"])
def test_an_address_that_is_none_is_named(server: RunningServer, outbox: Path, address: str) -> None:
    reply = call(server, user(email=address), INVITE)

    assert reply["exception"] == "ValidationError"
    assert repr(address) in reply["content"]
    assert not outbox.exists()


def test_an_unknown_user_is_named(server: RunningServer) -> None:
    reply = call(server, {"action": "send_user_invite", "user_id": "gone"})

    assert (reply["exception"], reply["content"]) == ("NotFoundError", 'There is no User with the key "gone".')


def test_an_invitee_is_told_of_the_review_and_when_is_noted(server: RunningServer, outbox: Path) -> None:
    [schemas] = call(server, {"action": "query", "expression": "ProjectSchema limit 1"})
    data = [
        ("Project", {"id": "p", "name": "p", "full_name": "P", "project_schema_id": schemas["data"][0]["id"]}),
        ("ReviewSession", {"id": "r", "name": "Dailies\nbcc: x", "project_id": "p"}),
        ("ReviewSessionInvitee", {"id": "i", "name": "Lee", "email": "lee@example.invalid", "review_session_id": "r"}),
    ]
    creates = [{"action": "create", "entity_type": kind, "entity_data": values} for kind, values in data]
    replies = call(server, *creates, {"action": "send_review_session_invite", "review_session_invitee_id": "i"})

    assert isinstance(replies, list), replies
    [message] = messages(outbox)
    assert message["subject"] == "Review: Dailies bcc: x"
    [rows] = call(server, {"action": "query", "expression": "select last_sent_at from ReviewSessionInvitee"})
    assert rows["data"][0]["last_sent_at"]["__type__"] == "datetime"


class Smtp(socketserver.StreamRequestHandler):
    """Just enough of a mail server to take one message."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        in_data = False
        for line in self.rfile:
            self.server.lines.append(line.decode())  # type: ignore[attr-defined]  # set by the test
            if in_data:
                in_data = line != b".\r\n"
                reply = b"" if in_data else b"250 taken\r\n"
            else:
                in_data = line.upper().startswith(b"DATA")
                reply = b"354 go on\r\n" if in_data else b"221 bye\r\n" if line[:4] == b"QUIT" else b"250 ok\r\n"
            self.wfile.write(reply)


def test_a_mail_server_gets_the_message(server: RunningServer) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp) as smtp:
        smtp.lines = []  # type: ignore[attr-defined]  # read below
        threading.Thread(target=smtp.serve_forever, daemon=True).start()
        message = email.message.EmailMessage()
        message["To"], message["From"], message["Subject"] = "a@example.invalid", "b@example.invalid", "s"
        message.set_content("hello")

        SmtpMailer(f"smtp://127.0.0.1:{smtp.server_address[1]}").send(message)

        smtp.shutdown()
        assert "hello\r\n" in smtp.lines  # type: ignore[attr-defined]  # set above


def test_a_mail_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1:9 did not take the message") as caught:
        SmtpMailer("smtp://me:s3cr3t@127.0.0.1:9").send(email.message.EmailMessage())

    assert "s3cr3t" not in str(caught.value)
    with pytest.raises(SettingsError, match="smtp://host:port"):
        SmtpMailer("mail.example")


def test_an_outbox_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(DeliveryError, match="cannot be written to the outbox"):
        FolderMailer(tmp_path / "file").send(email.message.EmailMessage())
