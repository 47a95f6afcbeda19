"""What is kept of a stored event, and the pair of elector and candidate that it may bear on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from tracker.events import EventId
from tracker.stances import CandidateId, ElectorId

Pair = tuple[ElectorId, CandidateId]
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Held(Generic[E]):
    """An event with its id: what the state keeps of a stored one."""

    id: EventId
    event: E
