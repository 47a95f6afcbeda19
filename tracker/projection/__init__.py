"""From events to what they add up to: `replay` folds a log, `standings` weighs what it holds."""

from tracker.projection.candidacies import (
    Choice,
    Running,
    candidate_status,
    decision,
    leader,
    proposed,
    running,
)
from tracker.projection.fold import apply, replay, suppose
from tracker.projection.seats import BlocWord, bloc_word, breaks, counted_by, latest_implied, seats
from tracker.projection.standing import UNKNOWN, Standing, standing, standings
from tracker.projection.state import EMPTY, ContestState, Held, Pair, State
from tracker.projection.weighing import DEFAULT_POLICY, Outcome, Policy, Reason
from tracker.projection.weights import Weight

__all__ = [
    "DEFAULT_POLICY",
    "EMPTY",
    "UNKNOWN",
    "BlocWord",
    "Choice",
    "ContestState",
    "Held",
    "Outcome",
    "Pair",
    "Policy",
    "Reason",
    "Running",
    "Standing",
    "State",
    "Weight",
    "apply",
    "bloc_word",
    "breaks",
    "candidate_status",
    "counted_by",
    "decision",
    "latest_implied",
    "leader",
    "proposed",
    "replay",
    "running",
    "seats",
    "standing",
    "standings",
    "suppose",
]
