"""The hash chain: each row's hash covers its own bytes and the hash of the row before.

    hash = SHA-256(prev_hash + seq US id US recorded_at US content)

where US is the byte 1F and `content` is `codec.Row.content`: kind, version, occurred_at, precision,
contest, elector, candidate, stance, certainty, item, producer and data, in this order, joined by US,
with the byte 1E for a missing column. No column holds either byte, so no two rows have the same
bytes. Any language with SHA-256 can check it.

A chain shows any change inside it. It cannot show that its tail was cut, nor that it was written
anew from some row on; for that its head is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from tracker.errors import BrokenChain

GENESIS = bytes(32)


def place(seq: int, id_: str, recorded_at: str) -> bytes:
    """The bytes that stand before the content."""
    return f"{seq}\x1f{id_}\x1f{recorded_at}\x1f".encode()


def link(prev_hash: bytes, row_bytes: bytes) -> bytes:
    """The hash of a row: `row_bytes` is its `place` and its content."""
    return sha256(prev_hash + row_bytes).digest()


def breaks(rows: Iterable[tuple[int, bytes, bytes, bytes]]) -> Iterator[BrokenChain]:
    """Every row that does not follow from the one before it.

    rows  (seq, prev_hash, hash, row bytes), in the order of seq, from the first row of the log; what a
          damaged row holds in place of bytes counts as none
    After a break the walk goes on from the hash that the row holds, so that one changed byte is one
    break, not all that follow.
    """
    expected, last = 1, GENESIS
    for seq, prev_hash, stored, row_bytes in rows:
        # Nearly every row of nearly every log ends here.
        if (
            seq == expected
            and prev_hash == last
            and row_bytes.__class__ is bytes
            and sha256(last + row_bytes).digest() == stored
        ):
            expected, last = seq + 1, stored
            continue
        prev_hash, stored, row_bytes = _bytes(prev_hash), _bytes(stored), _bytes(row_bytes)
        if seq != expected:
            gone = f"event {expected} is" if seq == expected + 1 else f"events {expected} to {seq - 1} are"
            yield BrokenChain(f"{gone} missing", seq=expected)
        elif prev_hash != last:
            yield BrokenChain("its prev_hash is not the hash of the event before it", seq=seq)
        if sha256(prev_hash + row_bytes).digest() != stored:
            yield BrokenChain("its bytes do not give its hash: the row was changed", seq=seq)
        expected, last = seq + 1, stored


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
