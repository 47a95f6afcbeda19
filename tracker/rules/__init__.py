"""Decision rules: when is a candidate chosen, who is missing, whose change would decide, who can block?

A rule is data from the contest file (`rule`); what it answers is arithmetic over the seats (`demands`,
`answers`, `paths`).
"""

from tracker.rules.answers import Answer, Outcome, PartAnswer, answer
from tracker.rules.demands import RULES
from tracker.rules.paths import Path, Pick, path
from tracker.rules.rule import Effect, Part, Reopening, Rule, Seat, Vote

__all__ = [
    "RULES",
    "Answer",
    "Effect",
    "Outcome",
    "Part",
    "PartAnswer",
    "Path",
    "Pick",
    "Reopening",
    "Rule",
    "Seat",
    "Vote",
    "answer",
    "path",
]
