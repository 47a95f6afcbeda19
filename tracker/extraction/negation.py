"""Negation that goes around the verb: what stands after it says how far it reaches.

"Ne soutient plus" is a support that has ended, "ne soutient pas encore" one that has not begun, "ne soutient
que" no negation at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.extraction.units import Unit

_REACH = 2


def around(units: Sequence[Unit], start: int, stop: int, effects: Sequence[str]) -> tuple[str, ...]:
    """The effects on a predicate at units `start` to `stop`, as the words after its verb leave them."""
    found = tuple(effects)
    if "neg" not in found:
        return found
    last = min(start + 1 + _REACH, max(stop + 1, start + 2))
    after = [unit for unit in units[start + 1 : last] if not unit.kind]
    if any("nomore" in unit.classes for unit in after):
        return tuple("cease" if effect == "neg" else effect for effect in found)
    bound = [units[i] for i in (start + 1, stop) if i < len(units)]
    if any("only" in unit.classes for unit in bound if not unit.kind):
        return tuple(effect for effect in found if effect != "neg")
    if any("sofar" in unit.classes for unit in after):
        return ("yet", *found)
    return found
