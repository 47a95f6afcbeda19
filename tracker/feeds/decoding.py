"""Compressed bodies, unpacked piece by piece within a limit."""

from __future__ import annotations

import sys
import zlib
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# What is asked for, and all that is taken.
ACCEPTED = "gzip, deflate, br, zstd"
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# Enough of a body to tell compressed from plain; a server that dribbles sends less at first.
_HEAD_BYTES = 16
# RFC 9659: a zstd frame sent over HTTP needs no larger window than 8 MB; larger ones are memory bombs.
_ZSTD_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
# Brotli gives at least this much at a time, whatever is asked.
_BROTLI_STEP = 65_536


class TooLongError(Exception):
    """The body is longer than the limit, as sent or unpacked."""


class CompressionError(Exception):
    """The compressed bytes are broken, or in a form not asked for; the text says which."""


# How an uncompressed feed begins.
_PLAIN = (b"<", b"{", b"\xef\xbb\xbf")
_LAYERS = {"gzip", "x-gzip", "deflate", "br", "zstd"}


class _Unpacker(Protocol):
    """One layer of compression, unpacked within a limit."""

    eof: bool
    rest: bytes  # what stands after the end of the data

    def unpack(self, part: bytes, limit: int) -> bytes:
        """What `part` gives; stops soon after `limit` bytes. Raises CompressionError."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self.eof, self.rest = False, b""

    def unpack(self, part: bytes, limit: int) -> bytes:
        try:
            found = self._inner.decompress(part, limit)
        except zlib.error as error:
            raise CompressionError(f"broken compressed data ({error})") from error
        # With the limit reached the caller stops, so nothing unconsumed is ever needed.
        self.eof, self.rest = self._inner.eof, self._inner.unused_data
        return found


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()
        self.eof, self.rest = False, b""

    def unpack(self, part: bytes, limit: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                found = self._inner.process(part, output_buffer_limit=_BROTLI_STEP)
                parts.append(found)
                size += len(found)
                part = b""
                self.eof = self._inner.is_finished()
                if self.eof or size >= limit or self._inner.can_accept_more_data():
                    return b"".join(parts)
        except brotli.error as error:
            if size:
                raise _BrokenOffError(b"".join(parts)) from error
            raise CompressionError("broken compressed data (brotli)") from error


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstd.ZstdDecompressor(options=_ZSTD_WINDOW)
        self.eof, self.rest = False, b""

    def unpack(self, part: bytes, limit: int) -> bytes:
        try:
            found = self._inner.decompress(part, limit)
        except zstd.ZstdError as error:
            raise CompressionError(f"broken compressed data ({error})") from error
        self.eof, self.rest = self._inner.eof, self._inner.unused_data
        return found


class _BrokenOffError(CompressionError):
    """The data breaks within a part; `found` came before that."""

    def __init__(self, found: bytes) -> None:
        self.found = found
        super().__init__("broken compressed data")


class Body:
    """Gathers one body: `add` what arrives, then ask for the `whole`.

    At no time are more than `limit` bytes held unpacked, whatever the ratio of compression. Bytes
    as they arrive count against the same limit, so that an endless run of empty blocks ends too.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        layers = [name for name in encoding.lower().replace(",", " ").split() if name != "identity"]
        if len(layers) > 1 or not set(layers) <= _LAYERS:
            raise CompressionError(f"compressed as {encoding!r}, which was not asked for")
        self._layer = layers[0] if layers else ""
        self._limit = limit
        self._arrived = 0
        self._head: bytes | None = b""
        self._unpacker: _Unpacker | None = None
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
        whole = b"".join(self._parts)
        self.drop()
        return whole, not unfinished

    def drop(self) -> None:
        """Let go of what is kept: whoever reports an error may hold on to this object for a while."""
        self._parts.clear()

    @property
    def held(self) -> int:
        """Bytes kept so far."""
        return self._size

    def _begin(self) -> None:
        head, self._head = self._head or b"", None
        # By the bytes and not by the header alone: some servers label plain text as gzip, others
        # send a .gz file with no label.
        if head.startswith(_GZIP_MAGIC):
            self._unpacker = _Zlib(16 + zlib.MAX_WBITS)
        elif head.startswith(_ZSTD_MAGIC):
            self._unpacker = _Zstd()
        elif self._layer in ("deflate", "br") and not head.lstrip(b" \t\r\n").startswith(_PLAIN):
            # RFC 9110 means zlib's wrapping (RFC 1950); some servers send the bare stream.
            wrapped = len(head) > 1 and head[0] & 15 == 8 and (head[0] * 256 + head[1]) % 31 == 0
            zlib_bits = zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS
            self._unpacker = _Brotli() if self._layer == "br" else _Zlib(zlib_bits)
        self._take(head)

    def _take(self, part: bytes) -> None:
        if self._unpacker is None:
            self._keep(part)
            return
        while part and not self._broken:
            if self._unpacker.eof:
                follower = _follower(part)
                if follower is None:
                    return  # what follows the end is padding
                self._unpacker = follower
            try:
                self._keep(self._unpacker.unpack(part, self._limit - self._size + 1))
            except CompressionError as error:
                if isinstance(error, _BrokenOffError):
                    self._keep(error.found)
                if not self._size:
                    raise
                self._broken = True
                return
            part = self._unpacker.rest if self._unpacker.eof else b""

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            raise TooLongError
        self._parts.append(part)


def _follower(part: bytes) -> _Unpacker | None:
    """What unpacks a further member of the same body (gzip, zstd); `None` when there is none."""
    if part.startswith(_GZIP_MAGIC):
        return _Zlib(16 + zlib.MAX_WBITS)
    return _Zstd() if part.startswith(_ZSTD_MAGIC) else None
