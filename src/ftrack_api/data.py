"""File-like objects that accessors read and write: the interface, a wrapper, a file on disk, text in memory."""

from __future__ import annotations

import abc
import codecs
import os
from typing import IO, Any

# Content is bytes or text, as the wrapped file has it: those are the Any below.


class Data(abc.ABC):
    """File-like object that an accessor opens, in bytes or in text. It is no context manager: close it yourself.

    Attributes:
        closed: Whether it was closed.
    """

    def __init__(self) -> None:
        self.closed: bool = False

    @abc.abstractmethod
    def read(self, limit: int | None = None) -> Any:
        """Return content from the current position on, at most ``limit`` bytes or characters, all when None.

        Empty bytes, or an empty text, say that there is no more.
        """

    @abc.abstractmethod
    def write(self, content: Any) -> Any:
        """Write content at the current position, over what is there; return how much, where that is known."""

    def flush(self) -> None:  # noqa: B027 - most data has no buffer
        """Write what is buffered; nothing is, unless a subclass says so."""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> Any:
        """Move the current position.

        Args:
            offset: Bytes, from where ``whence`` says.
            whence: `os.SEEK_SET` for the beginning, `os.SEEK_CUR` for the current position, `os.SEEK_END` for the end.

        Raises:
            NotImplementedError: If a subclass does not support it.
        """
        raise NotImplementedError("Seek not supported.")

    def tell(self) -> int:
        """Return the current position, in bytes from the beginning.

        Raises:
            NotImplementedError: If a subclass does not support it.
        """
        raise NotImplementedError("Tell not supported.")

    def close(self) -> None:
        """Flush and close."""
        self.flush()
        self.closed = True


class FileWrapper(Data):
    """Data in an open file, whatever is switched from reading to writing and back.

    Args:
        wrapped_file: Anything with ``read`` and ``write``; ``seek`` and ``tell`` for switching. Closed with the data.

    Attributes:
        wrapped_file: As given.
    """

    def __init__(self, wrapped_file: IO[Any]) -> None:
        super().__init__()
        self.wrapped_file = wrapped_file
        self._read_since_last_write = False

    def read(self, limit: int | None = None) -> Any:
        """Return content from the current position on, all of it when ``limit`` is None.

        Raises:
            ValueError: If it was closed.
        """
        self._read_since_last_write = True
        return self.wrapped_file.read(-1 if limit is None else limit)

    def write(self, content: Any) -> Any:
        """Write content at the current position."""
        if self._read_since_last_write:
            # What was read ahead does not count: a file wants a seek between reading and writing.
            self.seek(self.tell())
            self._read_since_last_write = False
        return self.wrapped_file.write(content)

    def flush(self) -> None:
        """Write what the file buffers."""
        super().flush()
        if hasattr(self.wrapped_file, "flush"):
            self.wrapped_file.flush()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> Any:
        """Move the current position; see `Data.seek`."""
        return self.wrapped_file.seek(offset, whence)

    def tell(self) -> int:
        """Return the current position, in bytes from the beginning."""
        return self.wrapped_file.tell()

    def close(self) -> None:
        """Flush and close the file; a second call does nothing."""
        if self.closed:
            return
        super().close()
        if hasattr(self.wrapped_file, "close"):
            self.wrapped_file.close()


class File(FileWrapper):
    """Data in a file on disk."""

    def __init__(self, path: str | os.PathLike[str], mode: str = "rb") -> None:
        """Open the file.

        Args:
            path: Where it is.
            mode: As for `open`; text is in UTF-8.

        Raises:
            OSError: If it cannot be opened.
        """
        encoding = None if "b" in mode else "utf-8"
        super().__init__(open(path, mode, encoding=encoding))  # noqa: SIM115, PTH123 - closed by close()


class String(FileWrapper):
    """Data in a temporary file, which holds text or bytes.

    Attributes:
        is_binary: Whether `read` returns bytes. Writing text makes it False for good.
    """

    def __init__(self, content: str | bytes | None = None) -> None:
        import tempfile  # noqa: PLC0415 - loads a good deal, and few sessions need it

        super().__init__(tempfile.TemporaryFile())  # noqa: SIM115 - closed by close()
        self.is_binary: bool = True
        if content is not None:
            self.write(content)
            self.wrapped_file.seek(0)

    def write(self, content: str | bytes) -> Any:
        """Write text, kept in UTF-8, or bytes.

        Raises:
            TypeError: If it is neither.
        """
        if isinstance(content, str):
            self.is_binary = False
            content = content.encode("utf-8")
        return super().write(content)

    def read(self, limit: int | None = None) -> Any:
        """Return text when text was written, bytes otherwise; ``limit`` counts bytes, up to the end of a character.

        Raises:
            ValueError: If it was closed, or the text is not in UTF-8.
        """
        content: bytes = super().read(limit)
        if self.is_binary:
            return content
        decoder = codecs.getincrementaldecoder("utf-8")()
        text = decoder.decode(content)
        while decoder.getstate()[0]:  # the limit fell inside a character
            rest = super().read(1)
            text += decoder.decode(rest, final=not rest)
        return text
