"""Web-playable files of a film or picture, made with PyAV and Pillow by a process of its own.

A process, since decoders of foreign files may crash or never end; what it prints is read by `jobs.worker`.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from ftrack_server.errors import ServerError
from ftrack_server.media.thumbnails import MOST_PIXELS, thumbnail

LARGEST_SIDE = 1920
VIDEO, PICTURE = "ftrackreview-mp4", "ftrackreview-image"
_JPEG_QUALITY = 90
_DEFAULT_RATE = 24
_SOUND_RATE = 48_000


class UnplayableError(Exception):
    """Nothing can be made of a file; the message says why."""


def encode_picture(source: Path, folder: Path) -> dict[str, Any]:
    """Write a JPEG of a picture; return the metadata that review players read.

    Raises:
        UnplayableError: If it is no picture.
    """
    try:
        picture = thumbnail(source, LARGEST_SIDE, "The file")
    except ServerError as error:
        raise UnplayableError(error.message) from error
    with Image.open(io.BytesIO(picture.data)) as image:
        image.convert("RGB").save(folder / PICTURE, format="JPEG", quality=_JPEG_QUALITY)
        return {PICTURE: {"format": "image", "width": image.width, "height": image.height}}


def encode_film(source: Path, folder: Path) -> dict[str, Any]:
    """Write a film as MP4 with H.264 and AAC, and its first frame as JPEG; return what review players read of both.

    Raises:
        UnplayableError: If it holds no moving picture, or breaks off.
    """
    import av  # noqa: PLC0415 - an optional dependency, of this process alone

    try:
        with av.open(str(source)) as film, av.open(str(folder / VIDEO), "w", format="mp4") as output:
            if not film.streams.video:
                raise UnplayableError("The file holds no moving picture.")
            return _transcode(av, film, output, folder)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise UnplayableError(f"The file cannot be played: {error}.") from error


def _transcode(av: Any, film: Any, output: Any, folder: Path) -> dict[str, Any]:
    seen = film.streams.video[0]
    if seen.width * seen.height > MOST_PIXELS:
        raise UnplayableError(f"The film has {seen.width} x {seen.height} pixels, more than {MOST_PIXELS}.")
    rate = seen.average_rate or _DEFAULT_RATE
    width, height = _fitted(seen.width, seen.height)
    picture = output.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "23"})
    picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
    heard = film.streams.audio[0] if film.streams.audio else None
    sound = output.add_stream("aac", rate=_SOUND_RATE) if heard else None
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=_SOUND_RATE) if heard else None
    frames = 0
    for frame in film.decode(*filter(None, (seen, heard))):
        if isinstance(frame, av.VideoFrame):
            if not frames:
                frame.to_image(width=width, height=height).save(folder / PICTURE, format="JPEG", quality=_JPEG_QUALITY)
            fitted = frame.reformat(width=width, height=height, format="yuv420p")
            fitted.pts, fitted.time_base = frames, 1 / rate
            frames += 1
            output.mux(picture.encode(fitted))
        elif sound is not None and resampler is not None:
            for piece in resampler.resample(frame):
                output.mux(sound.encode(piece))
    if not frames:
        raise UnplayableError("The file holds no frame that can be decoded.")
    for stream in filter(None, (picture, sound)):
        output.mux(stream.encode(None))
    told = {"frameIn": 0, "frameOut": frames - 1, "frameRate": float(rate), "width": width, "height": height}
    return {VIDEO: told, PICTURE: {"format": "image", "width": width, "height": height}}


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Return a size that H.264 takes: even, and no side longer than players want."""
    scale = min(1.0, LARGEST_SIDE / max(width, height))
    return max(int(width * scale) // 2 * 2, 2), max(int(height * scale) // 2 * 2, 2)


def main(source: str, folder: str, kind: str) -> None:
    """Encode one file and print the outcome as JSON: ``outputs`` by name, or ``error``."""
    outcome: dict[str, Any]
    try:
        work = encode_picture if kind == "picture" else encode_film
        outcome = {"outputs": work(Path(source), Path(folder))}
    except UnplayableError as error:
        outcome = {"error": str(error)}
    sys.stdout.write(json.dumps(outcome))


if __name__ == "__main__":
    main(*sys.argv[1:4])
