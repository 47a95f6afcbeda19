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
from tracker.projection.held import Held, Pair
from tracker.projection.policy import DEFAULT_POLICY, Policy
from tracker.projection.reckoning import standing, standings
from tracker.projection.seats import BlocWord, bloc_word, breaks, counted_by, latest_implied, seats
from tracker.projection.standing import UNKNOWN, Outcome, Reason, Standing
from tracker.projection.state import EMPTY, ContestState, State
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
