"""Texts that name a sequence of files: ``shot.%04d.exr [1-10, 20-30x2]`` and the notations of other programs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

MAX_FRAMES = 1_000_000
MAX_DIGITS = 64
UDIM_DIGITS = 4

# The frame number, as printf, Shake and others (####, @@@@), Houdini ($F4) and texture tools (<UDIM>) write it.
_TOKEN = re.compile(
    r"%(?P<printf>\d*)d|(?P<marks>#+|@+)|\$F(?P<houdini>\d*)|(?P<udim><UDIM>|%\(UDIM\)d)", re.IGNORECASE
)
_RANGES = re.compile(r"(?P<path>.*\S)\s+\[(?P<ranges>[^\[\]]*)\]\s*", re.DOTALL)
_RANGE = re.compile(r"(?P<first>-?\d+)(?:\s*-\s*(?P<last>-?\d+)(?:\s*[x:]\s*(?P<step>-?\d+))?)?")
_UNREADABLE_RANGES = re.compile(r"\[[^\[\]]*\]?\s*\Z")
_LOOKS_LIKE_RANGES = re.compile(r"[\d\s,:x\-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frames:
    """A sequence of files.

    Attributes:
        head: What stands before the frame number.
        tail: What stands after it.
        padding: Digits of a frame number at least; 0 for as many as it takes.
        indexes: Frame numbers, ascending, each once.
    """

    head: str
    tail: str
    padding: int
    indexes: tuple[int, ...]

    @property
    def pattern(self) -> str:
        """The path with ``%04d`` or ``%d`` in place of the frame number."""
        return f"{self.head}{f'%0{self.padding}d' if self.padding else '%d'}{self.tail}"

    def index_texts(self) -> list[str]:
        """Return the frame numbers as they stand in the paths."""
        width = self.padding
        return [f"{index:0{width}d}" if width else str(index) for index in self.indexes]


def parse(text: str) -> Frames | None:
    """Return the sequence a text names, or None when it is the path of a single file.

    A pattern without frame numbers means the frames that are on disk.

    Raises:
        ValueError: If the text names a sequence that cannot be: no frames, ranges that cannot be read, ranges and
            nothing in the path that stands for them.
    """
    with_ranges = _RANGES.fullmatch(text)
    if with_ranges is None or not _LOOKS_LIKE_RANGES.fullmatch(with_ranges["ranges"]):
        found = _split(text)
        return None if found is None or os.path.lexists(text) else _on_disk(text, *found)
    path = with_ranges["path"]
    found = _split(path) or _split(path, anywhere=True)
    if found is None:
        if os.path.lexists(text):
            return None
        raise ValueError(
            f"{text!r} names frames, and its path has nothing that stands for them: write %04d, ####, @@@@, $F4 or "
            "<UDIM> where the frame number is."
        )
    head, padding, tail = found
    return Frames(head, tail, padding, _indexes(with_ranges["ranges"], text))


def _split(path: str, *, anywhere: bool = False) -> tuple[str, int, str] | None:
    """Return what is before the last frame number of a path, its padding, and what is after; None without one.

    Args:
        path: The path, of this system or another.
        anywhere: Whether the frame number may be part of a folder's name.

    Raises:
        ValueError: If the frame number is to have more digits than names of files can.
    """
    begin = 0 if anywhere else max(path.rfind("/"), path.rfind("\\")) + 1
    tokens = list(_TOKEN.finditer(path, begin))
    if not tokens:
        return None
    token = tokens[-1]
    if token["udim"]:
        padding = UDIM_DIGITS
    elif token["marks"]:
        padding = len(token["marks"])
    else:
        padding = _digits(token["printf"] or token["houdini"])
    if padding > MAX_DIGITS:
        raise ValueError(f"{path!r} asks for frame numbers of more than {MAX_DIGITS} digits.")
    return path[: token.start()], 0 if padding == 1 else padding, path[token.end() :]


def _digits(text: str | None) -> int:
    """Return a padding that is given as a number, 0 for none; one of too many figures is too large."""
    if not text:
        return 0
    return int(text) if len(text) <= MAX_DIGITS else MAX_DIGITS + 1


def _indexes(ranges: str, text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for item in filter(None, (part.strip() for part in ranges.split(","))):
        match = _RANGE.fullmatch(item)
        if match is None:
            raise ValueError(f"Cannot read the frames {item!r} of {text!r}; write them as in [1-10, 15, 20-30x2].")
        first, step = int(match["first"]), int(match["step"] or 1)
        last = first if match["last"] is None else int(match["last"])
        if step < 1 or last < first:
            raise ValueError(f"The frames {item!r} of {text!r} run backwards; write the lower number first.")
        if (last - first) // step + len(found) >= MAX_FRAMES:
            raise ValueError(f"{text!r} names more than {MAX_FRAMES} frames; make several components of them.")
        found.update(range(first, last + 1, step))
    if not found:
        raise ValueError(f"{text!r} names no frames; write some between the brackets, as in [1-10].")
    return tuple(sorted(found))


def _on_disk(text: str, head: str, padding: int, tail: str) -> Frames:
    """Return the sequence of the files that fit a pattern.

    Raises:
        ValueError: If there are none.
    """
    folder, stem = os.path.split(head)
    try:
        names = os.listdir(folder or os.curdir)  # noqa: PTH208 - texts throughout
    except OSError:
        names = []
    pattern = re.compile(rf"{re.escape(stem)}(?P<index>-?\d+){re.escape(tail)}")
    found = [match["index"] for match in map(pattern.fullmatch, names) if match]
    indexes = tuple(sorted(int(index) for index in found if f"{int(index):0{padding or 1}d}" == index))
    if indexes:
        return Frames(head, tail, padding, indexes)
    ranges = _UNREADABLE_RANGES.search(text)
    if ranges is not None:
        raise ValueError(
            f"Cannot read the frames {ranges[0]!r} of {text!r}; write them after a space, as in [1-10, 15, 20-30x2]."
        )
    raise ValueError(f"{text!r} is a pattern, and no file fits it; name its frames, as in '{text} [1-10]'.")
