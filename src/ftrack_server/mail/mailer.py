"""Send messages: into a folder by default, by SMTP when the site has a server for that."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ftrack_server.errors import ServerError
from ftrack_server.settings import SettingsError

SMTP_SECONDS = 20.0


class DeliveryError(ServerError):
    """A message that could not be handed over."""

    exception = "DeliveryError"
    status = 502


class Mailer(Protocol):
    """Whatever takes messages."""

    def send(self, message: EmailMessage) -> None:
        """Hand a message over.

        Raises:
            DeliveryError: If it cannot be handed over; it was not sent then.
        """
        ...


class FolderMailer:
    """Keeps each message as a file of its own, for a person or a program to pick up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write a message to the folder, whole or not at all.

        Raises:
            DeliveryError: If the folder cannot be written to.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            with os.fdopen(descriptor, "wb") as file:
                file.write(bytes(message))
            path = Path(name)
            path.rename(path.with_suffix(".eml"))
        except OSError as error:
            raise DeliveryError(f"The message cannot be written to the outbox {self._folder}: {error}.") from error


class SmtpMailer:
    """Hands messages to a mail server."""

    def __init__(self, url: str) -> None:
        """Take a mail server's address.

        Args:
            url: ``smtp://user:password@host:port``, ``smtps://`` for TLS from the start; with ``smtp://`` TLS is used
                where the server offers it.

        Raises:
            SettingsError: If it is no such address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise SettingsError("The mail server must be given as smtp://host:port or smtps://host:port.")
        self._parts = parts
        self._port = parts.port or (465 if parts.scheme == "smtps" else 25)

    def send(self, message: EmailMessage) -> None:
        """Send a message.

        Raises:
            DeliveryError: If the mail server cannot be reached or refuses it; its password is in no text.
        """
        host = str(self._parts.hostname)
        try:
            with self._connection(host) as connection:
                if self._parts.username:
                    connection.login(unquote(self._parts.username), unquote(self._parts.password or ""))
                connection.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(
                f"The mail server {host}:{self._port} did not take the message ({type(error).__name__}); "
                "check the setting smtp_url and the server."
            ) from error

    def _connection(self, host: str) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._port, timeout=SMTP_SECONDS, context=context)
        connection = smtplib.SMTP(host, self._port, timeout=SMTP_SECONDS)
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
        return connection


def make_mailer(smtp_url: str, outbox_path: str) -> Mailer:
    """Return the mailer of a site: its mail server when it has one, else its outbox folder.

    Raises:
        SettingsError: If the mail server's address makes no sense.
    """
    return SmtpMailer(smtp_url) if smtp_url else FolderMailer(Path(outbox_path))
