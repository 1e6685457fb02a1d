"""The folder of one user below the machine's temporary directory, safe from other users of the machine."""

from __future__ import annotations

import logging
import os
import re
import stat
from pathlib import Path

_logger = logging.getLogger(__name__)


def private_folder() -> str | None:
    """Return the folder, made with mode 0700 when missing, or None when it cannot be trusted or made.

    Everybody may write to the temporary directory, so another user could have made the folder first: it is used only
    when it is a real directory of this user that nobody else may write to. A refusal is logged as a warning.
    """
    import tempfile  # noqa: PLC0415 - loads a good deal, and most sessions are told where to keep schemas

    folder = Path(tempfile.gettempdir()) / f"ftrack-api-{_user_name()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        problem = _problem(folder.lstat())
    except OSError as error:
        problem = str(error)
    if problem:
        _logger.warning("Schemas are not cached: %s is not a private folder (%s).", folder, problem)
        return None
    return str(folder)


def _user_name() -> str:
    """Return what tells users of one machine apart, fit for a file name."""
    if hasattr(os, "getuid"):
        return str(os.getuid())
    import getpass  # noqa: PLC0415 - for systems that number no users

    try:
        return re.sub(r"\W", "_", getpass.getuser())
    except (OSError, KeyError, ImportError):
        return "user"


def _problem(status: os.stat_result) -> str:
    """Return why a folder cannot be trusted, or an empty text."""
    if not stat.S_ISDIR(status.st_mode):
        return "not a directory"
    if not hasattr(os, "getuid"):
        return ""
    if status.st_uid != os.getuid():
        return f"owned by user {status.st_uid}"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others may write to it, mode {stat.S_IMODE(status.st_mode):04o}"
    return ""
