"""Chance that can be told again: the same words give the same number, on every run and machine."""

from __future__ import annotations

from hashlib import sha256


def chance(*words: str) -> float:
    """A number in [0, 1), as good as drawn, made from the words. What it spreads (polls, retries) must
    not come in step; nothing here needs to be unforeseeable."""
    digest = sha256("\x1f".join(words).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2.0**48
