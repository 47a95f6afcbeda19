"""An alert in words and as JSON: what every channel sends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tracker.alerts import Alert, AlertState
from tracker.contests import Contest
from tracker.queries import alert_json, display_name
from tracker.stances import Stance

_DOES: Mapping[Stance | None, str] = MappingProxyType(
    {
        Stance.SUPPORTS: "now backs",
        Stance.LEANS_SUPPORT: "now leans toward",
        Stance.UNDECIDED: "is now undecided on",
        Stance.LEANS_OPPOSE: "now leans against",
        Stance.OPPOSES: "now opposes",
        None: "has no known stance any more on",
    }
)
_WAS: Mapping[Stance | None, str] = MappingProxyType(
    {
        Stance.SUPPORTS: "supports",
        Stance.LEANS_SUPPORT: "leans toward",
        Stance.UNDECIDED: "undecided",
        Stance.LEANS_OPPOSE: "leans against",
        Stance.OPPOSES: "opposes",
        None: "unknown",
    }
)
# As many names of those missing as a line can bear.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Names:
    """What electors, candidates and contests are called, by the rosters given; an id nobody knows
    stands for itself."""

    rosters: Mapping[str, Contest]

    @classmethod
    def of(cls, contests: Iterable[Contest]) -> Names:
        """The names of these contests."""
        return cls(MappingProxyType({contest.id: contest for contest in contests}))

    def contest(self, contest: str) -> str:
        """The contest's title."""
        roster = self.rosters.get(contest)
        return roster.title if roster else contest

    def candidate(self, contest: str, candidate: str) -> str:
        """The candidate's name."""
        roster = self.rosters.get(contest)
        found = roster.candidate(candidate) if roster else None
        return found.name if found else candidate

    def elector(self, contest: str, elector: str) -> str:
        """The elector's name, or the bloc's; a state without one in the roster has its country's."""
        roster = self.rosters.get(contest)
        if roster is None:
            return elector
        found = roster.elector(elector)
        if found is None:
            return next((bloc.name for bloc in roster.blocs if bloc.id == elector), elector)
        return display_name(found)


def plain(text: str) -> str:
    """One line of text without anything a terminal, log or XML parser would act on.

    Feeds are written by others: controls, bidirectional overrides and lone surrogates are dropped, white
    space becomes single blanks.
    """
    single = " ".join(text.split())
    return "".join(c for c in single if c not in _TURNING and unicodedata.category(c) not in _UNSEEN)


# Control, surrogate, not assigned (noncharacters too).
_UNSEEN = frozenset({"Cc", "Cs", "Cn"})
# Marks, embeddings, overrides and isolates of direction (UAX 9): they can make a line read backwards.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def headline(alert: Alert, names: Names) -> str:
    """One line that can stand alone: who does what, what it was before, and where that leaves the race.

    "Hungary now backs Mark Rutte (was: opposes): 31 of 32, Romania remains"
    """
    who = names.elector(alert.contest, alert.elector)
    whom = names.candidate(alert.contest, alert.candidate)
    mark = "; disputed" if alert.disputed else ""
    return plain(f"{who} {_DOES[alert.now]} {whom} (was: {_WAS[alert.was]}): {position(alert, names)}{mark}")


def position(alert: Alert, names: Names) -> str:
    """Where the candidate stands by the decision rule: "31 of 32, Romania remains"."""
    have = f"{alert.have:g}"
    if alert.needed is None:
        return f"{have} back it"
    roster = names.rosters.get(alert.contest)
    short = alert.needed - alert.have
    if roster is not None and roster.rule.kind == "consensus":
        if short <= 0:
            return f"all {alert.needed:g}"
        missing = [names.elector(alert.contest, elector) for elector in alert.missing]
        if len(missing) > _NAMED or len(missing) != short:
            return f"{have} of {alert.needed:g}, {short:g} remain"
        verb = "remains" if len(missing) == 1 else "remain"
        return f"{have} of {alert.needed:g}, {_listed(missing)} {verb}"
    if roster is not None and roster.rule.kind == "weighted_majority":
        # The bar itself is not enough there: more than the share must be passed.
        return f"{have} in weight, more than {alert.needed:g} needed"
    return f"{have} of {alert.needed:g} needed" + (f", {short:g} short" if short > 0 else ", enough")


def message(alert: Alert, names: Names) -> str:
    """The headline, then the sentence in quotes, whose word it is, where it was read, and the link.

    Lines that would be empty are left out; no line is longer for what a feed put into it.
    """
    source = [plain(part) for part in (alert.speaker, alert.outlet) if part.strip()]
    firm = alert.certainty.value if alert.certainty else ""
    told = f"{alert.occurred_at:%Y-%m-%d}"
    lines = [
        headline(alert, names),
        f"“{plain(alert.evidence)}”" if alert.evidence.strip() else "",
        " · ".join([*source, *([firm] if firm else []), told]),
        plain(alert.url),
    ]
    return "\n".join(line for line in lines if line)


def record(alert: Alert, names: Names, state: AlertState = AlertState.SENT) -> dict[str, Any]:
    """The alert for programs: the keys of `tracker alerts list --format json`, then names and words.

    state  where its sending stands; whoever receives one holds a sent one
    """
    return {
        **alert_json(alert, state),
        "evidence": plain(alert.evidence) or None,
        "url": plain(alert.url) or None,
        "text": headline(alert, names),
        "message": message(alert, names),
        "disputed": alert.disputed,
        "speaker": plain(alert.speaker) or None,
        "outlet": plain(alert.outlet) or None,
        "report": alert.report or None,
        "elector_name": names.elector(alert.contest, alert.elector),
        "candidate_name": names.candidate(alert.contest, alert.candidate),
        "contest_title": names.contest(alert.contest),
        "have": alert.have,
        "needed": alert.needed,
        "missing": list(alert.missing),
    }


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
