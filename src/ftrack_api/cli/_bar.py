"""A line on the terminal that shows how far a transfer is; silent where there is no terminal."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from types import TracebackType

    from ftrack_api._transfers import Progress

WIDTH = 30
SECONDS_BETWEEN = 0.1
UNITS = ("bytes", "kB", "MB", "GB", "TB")
STEP = 1000


class Bar:
    """Shows one transfer after the other in one line; to be used in a ``with`` block, which clears the line.

    Args:
        output: Where to write; nothing is written unless it is a terminal.

    Attributes:
        title: What is transferred.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._is_terminal = output.isatty()
        self._lock = threading.Lock()
        self._shown = 0.0
        self._begun = time.monotonic()
        self._before = 0
        self.title = ""

    def begin(self, title: str) -> None:
        """Show another transfer from now on."""
        with self._lock:
            self.title, self._begun, self._shown, self._before = title, time.monotonic(), 0.0, -1

    def show(self, progress: Progress) -> None:
        """Show how far the transfer is, ten times a second at most. May be called from several threads."""
        if not self._is_terminal:
            return
        now = time.monotonic()
        with self._lock:
            if self._before < 0:  # what an earlier attempt has sent says nothing of the speed
                self._before = progress.transferred
            if now - self._shown < SECONDS_BETWEEN and progress.transferred != progress.total:
                return
            self._shown = now
            rate = (progress.transferred - self._before) / max(now - self._begun, SECONDS_BETWEEN)
            columns = shutil.get_terminal_size().columns - 1
            self._output.write("\r" + line(self.title, progress.transferred, progress.total, rate)[:columns] + "\x1b[K")
            self._output.flush()

    def clear(self) -> None:
        """Clear the line, for a text to be written in its place."""
        if self._is_terminal:
            with self._lock:
                self._output.write("\r\x1b[K")
                self._output.flush()

    def __enter__(self) -> Bar:  # noqa: PYI034 - Self is not in typing before Python 3.11
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.clear()


def line(title: str, transferred: int, total: int | None, rate: float) -> str:
    """Return how far a transfer is as a text: ``film.mov [###   ]  50 %  1.0 MB of 2.0 MB, 0.5 MB/s``."""
    speed = f"{amount(rate)}/s"
    if not total:
        return f"{title} {amount(transferred)}, {speed}"
    share = min(transferred / total, 1.0)
    filled = round(share * WIDTH)
    bar = "#" * filled + " " * (WIDTH - filled)
    return f"{title} [{bar}] {share * 100:3.0f} %  {amount(transferred)} of {amount(total)}, {speed}"


def amount(size: float) -> str:
    """Return a number of bytes as people write it: ``512 bytes``, ``1.5 MB``."""
    for unit in UNITS:
        if size < STEP or unit == UNITS[-1]:
            break
        size /= STEP
    return f"{size:.0f} {unit}" if unit == UNITS[0] else f"{size:.1f} {unit}"
