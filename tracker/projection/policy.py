"""The policy: what can be set about the weighing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What can be set about the weighing.

    origins_needed   independent origins that it takes to go against an official word, or to turn a lean
                     from other voices into a stance
    decision_origins independent official origins that tell of the body's decision after which the contest
                     is decided; 0: only a person decides it
    """

    origins_needed: int = 2
    decision_origins: int = 2


DEFAULT_POLICY = Policy()
