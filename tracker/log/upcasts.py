"""Old shapes of events, brought up to the present one.

A stored event never changes. When a kind needs another shape its `version` goes up by one, and
the step from the last version is added here and kept for ever, with a golden file for the old
form. A step is pure; it takes and returns all fields of the event, columns and `data` together,
as JSON has them (times are texts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from tracker.errors import UnknownEvent

Fields = dict[str, object]
Upcast = Callable[[Fields], Fields]


def _roster_with_parts(fields: Fields) -> Fields:
    """Version 1 knew one electorate, no parts of a rule, no binding blocs and no nominators."""
    roster = cast(dict[str, Any], fields["roster"])
    rule = {
        **roster["rule"],
        "fraction": [], "abstention": "against", "absence": "against", "parts": [], "reopens": "none",
    }  # fmt: skip
    return {
        **fields,
        "roster": {
            **roster,
            "rule": rule,
            "candidates": [{**candidate, "nominated_by": []} for candidate in roster["candidates"]],
            "blocs": [{**bloc, "binds": False} for bloc in roster["blocs"]],
            "electorates": [],
            "nominations_close": None,
        },
    }


# (kind, version) -> the step from that version to the next.
UPCASTS: Mapping[tuple[str, int], Upcast] = MappingProxyType({("contest_declared", 1): _roster_with_parts})


def upcast(
    kind: str,
    version: int,
    fields: Fields,
    *,
    to: int,
    steps: Mapping[tuple[str, int], Upcast] = UPCASTS,
    seq: int | None = None,
) -> Fields:
    """The fields in the shape of version `to`.

    Raises UnknownEvent for a version newer than `to`, and for one from which no step leads.
    """
    if version > to:
        raise UnknownEvent(
            f"{kind} has version {version}, this program knows up to {to}: update tracker", seq=seq
        )
    for at in range(version, to):
        step = steps.get((kind, at))
        if step is None:
            raise UnknownEvent(f"{kind} has version {at}, and no step leads from there to {to}", seq=seq)
        fields = step(fields)
    return fields
