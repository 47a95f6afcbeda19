"""Compressed bodies, unpacked piece by piece within a limit."""

from __future__ import annotations

import zlib

# What is asked for, and all that is taken.
ACCEPTED = "gzip, deflate"
_GZIP_MAGIC = b"\x1f\x8b"
# Enough of a body to tell compressed from plain; a server that dribbles sends less at first.
_HEAD_BYTES = 16


class TooLongError(Exception):
    """The body is longer than the limit, as sent or unpacked."""


class CompressionError(Exception):
    """The compressed bytes are broken, or in a form not asked for; the text says which."""


class Body:
    """Gathers one body: `add` what arrives, then ask for the `whole`.

    At no time are more than `limit` bytes held unpacked, whatever the ratio of compression. Bytes
    as they arrive count against the same limit, so that an endless run of empty blocks ends too.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        layers = [name for name in encoding.lower().replace(",", " ").split() if name != "identity"]
        if len(layers) > 1 or not set(layers) <= {"gzip", "x-gzip", "deflate"}:
            raise CompressionError(f"compressed as {encoding!r}, which was not asked for")
        self._deflate = layers == ["deflate"]
        self._limit = limit
        self._arrived = 0
        self._head: bytes | None = b""
        self._unpacker: zlib._Decompress | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._broken = False

    def add(self, part: bytes) -> None:
        """Take the next bytes from the wire. Raises TooLongError or CompressionError."""
        self._arrived += len(part)
        if self._arrived > self._limit:
            raise TooLongError
        if self._head is not None:
            self._head += part
            if len(self._head) >= _HEAD_BYTES:
                self._begin()
        else:
            self._take(part)

    def whole(self) -> tuple[bytes, bool]:
        """The body, and whether it is complete: False when the compressed data breaks off or stops short.

        Raises CompressionError when nothing of it can be read.
        """
        if self._head is not None:
            self._begin()
        unfinished = self._broken or (self._unpacker is not None and not self._unpacker.eof)
        return b"".join(self._parts), not unfinished

    def _begin(self) -> None:
        head, self._head = self._head or b"", None
        # By the bytes and not by the header alone: some servers label plain text as gzip, others
        # send a .gz file with no label.
        if head.startswith(_GZIP_MAGIC):
            self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif self._deflate and not head.lstrip().startswith((b"<", b"{", b"\xef\xbb\xbf")):
            # RFC 9110 means zlib's wrapping (RFC 1950); some servers send the bare stream.
            wrapped = len(head) > 1 and head[0] & 15 == 8 and (head[0] * 256 + head[1]) % 31 == 0
            self._unpacker = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        self._take(head)

    def _take(self, part: bytes) -> None:
        if self._unpacker is None:
            self._keep(part)
            return
        while part and not self._broken:
            if self._unpacker.eof:
                if not part.startswith(_GZIP_MAGIC):
                    return  # what follows the end is padding
                self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                self._keep(self._unpacker.decompress(part, self._limit - self._size + 1))
            except zlib.error as error:
                if not self._size:
                    raise CompressionError(f"broken compressed data ({error})") from error
                self._broken = True
                return
            part = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise TooLongError
        self._parts.append(part)
