"""Small pictures of stored ones, made with Pillow when first asked for and kept in a folder."""

from __future__ import annotations

import contextlib
import functools
import io
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from ftrack_server import errors

if TYPE_CHECKING:
    from pathlib import Path

    from ftrack_server.media.library import Library
    from ftrack_server.media.store import StoredObject

DEFAULT_SIZE = 300
LARGEST_SIZE = 4096
MOST_PIXELS = 89_478_485
"""Pictures with more are refused before they are decoded: a quarter of a gigabyte as RGB."""

# Formats that browsers show are kept; others become PNG.
_KEPT = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_PALETTE_BYTES = 768
# Decoders of these read files that name or hold others, or run programs.
_FORMATS = ("BMP", "DDS", "GIF", "ICO", "JPEG", "JPEG2000", "PCX", "PNG", "PPM", "PSD", "SGI", "TGA", "TIFF", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made.

    Attributes:
        data: Its bytes.
        content_type: Media type.
    """

    data: bytes
    content_type: str


class Thumbnails:
    """Makes thumbnails of the files of a library.

    Cost: decoding a picture once for each size; a small file read afterwards.
    """

    def __init__(self, library: Library, folder: Path) -> None:
        self._library = library
        self._folder = folder

    def of(self, stored: StoredObject, size: int) -> Picture:
        """Return the thumbnail of a stored picture, at most `size` pixels wide and high; smaller ones stay as they are.

        Raises:
            UnreadablePictureError: If it is no picture, broken, or too large to be decoded.
            StorageError: If the store has lost it.
        """
        for extension, content_type in _EXTENSIONS.items():
            with contextlib.suppress(OSError):
                return Picture(self._path(stored, size, extension).read_bytes(), content_type)
        with self._library.store.local(stored) as path:
            picture = thumbnail(path, size, stored.file_name)
        self._keep(self._path(stored, size, _extension(picture)), picture.data)
        return picture

    def collect(self) -> None:
        """Remove kept pictures of objects that are gone."""
        kept = {path: path.name.partition("-")[0] for path in self._folder.glob("*/*")}
        named = self._library.named(sorted(set(kept.values())))
        for path, object_id in kept.items():
            if object_id not in named:
                path.unlink(missing_ok=True)

    def _path(self, stored: StoredObject, size: int, extension: str) -> Path:
        return self._folder / stored.object_id[:2] / f"{stored.object_id}-{size}{extension}"

    def _keep(self, path: Path, data: bytes) -> None:
        """Keep a picture; when that fails it is made anew the next time."""
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(path)


class UnreadablePictureError(errors.ValidationError):
    """No picture can be made of a file."""


def thumbnail(path: Path, size: int, name: str) -> Picture:
    """Return a picture fitted into a square (protocol: 8, byte-exact thumbnail).

    Args:
        path: The picture.
        size: Side of the square in pixels.
        name: What to call the picture in errors.

    Raises:
        UnreadablePictureError: If it is no picture, broken, or too large to be decoded.
    """
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_large(name, image.width, image.height)
            return _fitted(image, size)
    except UnidentifiedImageError as error:
        raise UnreadablePictureError(f'"{name}" is not a picture of a kind this server knows.') from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except errors.ServerError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, ArithmeticError, LookupError) as error:
        raise UnreadablePictureError(f'"{name}" is broken and cannot be shown: {error}.') from error


def _fitted(image: Image.Image, size: int) -> Picture:
    kind = image.format if image.format in _KEPT else "PNG"
    had_palette = image.mode == "P" and kind == "PNG"
    upright = ImageOps.exif_transpose(image) if kind == "JPEG" else image
    small = _plain(upright, kind)
    small.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=None)
    if had_palette and "transparency" not in image.info:
        small = small.convert("P", palette=Image.Palette.ADAPTIVE)
        colours = small.getpalette() or []
        small.putpalette(colours + [0] * (_PALETTE_BYTES - len(colours)))
    output = io.BytesIO()
    small.save(output, format=kind)
    return Picture(output.getvalue(), _KEPT[kind])


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """Return a picture in a mode that can be resized and written: RGB, RGBA or L; pictures of 16 bits are scaled."""
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("F").point(lambda value: value / 256).convert("L")
    transparent = kind != "JPEG" and (image.mode in {"LA", "PA", "RGBa"} or "transparency" in image.info)
    if image.mode == "RGBA" and kind != "JPEG":
        return image.copy()
    if transparent:
        return image.convert("RGBA")
    return image.copy() if image.mode in {"RGB", "L"} else image.convert("RGB")


@functools.cache
def placeholder() -> bytes:
    """Return the PNG that stands where there is no thumbnail."""
    image = Image.new("RGB", (300, 200), "#3b4046")
    pen = ImageDraw.Draw(image)
    pen.rectangle((110, 65, 190, 135), outline="#8a929b", width=4)
    pen.polygon(((120, 125), (145, 95), (160, 112), (170, 102), (182, 125)), fill="#8a929b")
    pen.ellipse((165, 77, 177, 89), fill="#8a929b")
    output = io.BytesIO()
    image.save(output, format="PNG")
    return output.getvalue()


_EXTENSIONS = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}


def _extension(picture: Picture) -> str:
    return next(extension for extension, kind in _EXTENSIONS.items() if kind == picture.content_type)


def _too_large(name: str, width: int = 0, height: int = 0) -> UnreadablePictureError:
    shape = f" of {width} x {height}" if width else ""
    return UnreadablePictureError(
        f'"{name}" is a picture{shape} with more than {MOST_PIXELS} pixels, which is refused.'
    )
