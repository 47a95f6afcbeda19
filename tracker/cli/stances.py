"""Standings for the eye: a glyph and a word each, so that neither colour nor shape alone carries it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tracker.cli.tables import Cell
from tracker.stances import Stance

GLYPHS: Mapping[Stance | None, str] = MappingProxyType(
    {
        Stance.SUPPORTS: "●",
        Stance.LEANS_SUPPORT: "◐",
        Stance.UNDECIDED: "○",
        Stance.LEANS_OPPOSE: "◑",
        Stance.OPPOSES: "✕",
        None: "·",
    }
)
_STYLES: Mapping[Stance | None, Mapping[str, Any]] = MappingProxyType(
    {
        Stance.SUPPORTS: {"fg": "green"},
        Stance.LEANS_SUPPORT: {"fg": "cyan"},
        Stance.UNDECIDED: {"fg": "yellow"},
        Stance.LEANS_OPPOSE: {"fg": "magenta"},
        Stance.OPPOSES: {"fg": "red"},
        None: {"dim": True},
    }
)


def word(stance: Stance | None) -> str:
    """ "leans support", "unknown"."""
    return "unknown" if stance is None else stance.value.replace("_", " ")


def shown(stance: Stance | str | None, *, mark: str = "") -> Cell:
    """The glyph and the word, with a `mark` after them; "unknown" counts as `None`."""
    known = None if stance in (None, "", "unknown") else Stance(stance)
    return Cell(f"{GLYPHS[known]} {word(known)}{mark}", _STYLES[known])
