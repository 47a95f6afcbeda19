"""The standing: what the evidence on one elector and one candidate adds up to, with its reasons.

The policy is the table in `docs/standings.md`; each case below carries the row's letter. Reports are
weighed in the order in which things happened, so the order of arrival does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tracker.events import EventId, StanceReported
from tracker.projection.origins import count_origins
from tracker.projection.state import ContestState, Held, Pair
from tracker.stances import Certainty, ClaimTime, Stance, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What can be set about the weighing.

    origins_needed   independent origins that it takes to go against an official word, or to turn a lean
                     from other voices into a stance
    """

    origins_needed: int = 2


DEFAULT_POLICY = Policy()


class Weight(StrEnum):
    """What a report weighs, firmest first."""

    OWN_WORD = "own word"
    REPORT = "report"
    OWN_UNNAMED = "unnamed official of its own"
    OTHERS = "others' word"
    SILENCE = "silence told by others"
    BESIDE = "shown beside"


class Outcome(StrEnum):
    """What became of a report in the weighing."""

    CARRIES = "carries"
    AGREES = "agrees"
    SUPERSEDED = "superseded"
    OUTWEIGHED = "outweighed"
    BESIDE = "beside"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One report's part in a standing, and why."""

    report: EventId
    event: StanceReported
    weight: Weight
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an elector stands toward a candidate.

    stance       `None`: nothing known
    certainty    of the firmest evidence for it since it was last set; `None` with an unknown stance
    since        UTC; when this stance began to hold unbroken
    disputed     firm evidence says otherwise, or silence is told beside support
    silence      the stance is `undecided` only because others tell of no word
    reports, origins
                 how many reports agree with it since it began, from how many independent origins
    carried_by   the report that carries it; `None` with an unknown stance
    last         the latest report that bears on the present, agreeing or not
    reasons      every report on the pair, oldest first
    """

    stance: Stance | None = None
    certainty: Certainty | None = None
    since: datetime | None = None
    disputed: bool = False
    silence: bool = False
    reports: int = 0
    origins: int = 0
    carried_by: Held[StanceReported] | None = None
    last: Held[StanceReported] | None = None
    reasons: tuple[Reason, ...] = ()


UNKNOWN = Standing()


def standing(state: ContestState, pair: Pair, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> Standing:
    """The standing of one elector toward one candidate at a moment (UTC), by what the state holds."""
    told = [held for held in state.reports.get(pair, ()) if held.event.occurred_at <= as_of]
    if not told:
        return UNKNOWN
    weighing = _Weighing(policy, state)
    # At one instant the firmer word comes last and so has the last word.
    for held in sorted(told, key=lambda h: (h.event.occurred_at, -h.event.certainty.rank, h.id)):
        weighing.take(held)
    return weighing.result()


def standings(state: ContestState, as_of: datetime, policy: Policy = DEFAULT_POLICY) -> dict[Pair, Standing]:
    """Every standing that any report bears on, by elector and candidate."""
    return {pair: standing(state, pair, as_of, policy) for pair in state.reports}


def weight(event: StanceReported) -> Weight:
    """What a report weighs, by whose word it is (not by the label alone: an official label on
    another's words is a third party's)."""
    if event.time is not ClaimTime.NOW or event.certainty is Certainty.SPECULATION:
        return Weight.BESIDE
    if event.voice is Voice.ELECTOR and event.certainty is Certainty.OFFICIAL:
        return Weight.OWN_WORD
    if event.silence:
        return Weight.SILENCE
    if event.voice is Voice.ELECTOR_UNNAMED:
        return Weight.OWN_UNNAMED
    if event.voice in (Voice.THIRD_PARTY, Voice.UNNAMED):
        return Weight.OTHERS
    return Weight.REPORT


@dataclass(slots=True)
class _Weighing:
    """The standing while reports are taken one by one."""

    policy: Policy
    state: ContestState
    stance: Stance | None = None
    since: datetime | None = None
    disputed: bool = False
    silence: bool = False
    own: Held[StanceReported] | None = None
    own_undecided: bool = False
    carrier: Held[StanceReported] | None = None
    last: Held[StanceReported] | None = None
    agreeing: list[Held[StanceReported]] = field(default_factory=list)
    against: list[Held[StanceReported]] = field(default_factory=list)
    reasons: dict[EventId, Reason] = field(default_factory=dict)

    def take(self, held: Held[StanceReported]) -> None:
        event, kind = held.event, weight(held.event)
        if self.state.retracted(held.id):
            self._note(held, kind, Outcome.RETRACTED, "taken back")
            return
        if kind is Weight.BESIDE:
            self._note(held, kind, Outcome.BESIDE, _beside(event))
            return
        self.last = held
        confirmed = self.state.confirmed(held.id)
        match kind:
            case Weight.OWN_WORD:
                self._own_word(held)
            case Weight.SILENCE:
                self._silence(held)
            case Weight.REPORT:
                self._report(held, trusted=confirmed)
            case Weight.OWN_UNNAMED:
                self._own_unnamed(held, trusted=confirmed)
            case Weight.OTHERS:
                self._others(held, trusted=confirmed)

    # (a) The elector's own authorised word sets the standing.
    def _own_word(self, held: Held[StanceReported]) -> None:
        event = held.event
        if event.stance is Stance.UNDECIDED:
            # (e) Saying again that nothing is decided leaves a lean that came in between.
            if self.own_undecided and self.stance is not None and self.stance.leans:
                self._note(
                    held, Weight.OWN_WORD, Outcome.OUTWEIGHED,
                    "repeats an earlier word that nothing is decided; the lean told since then stands",
                )  # fmt: skip
                return
            self.own_undecided = True
        self.own = held
        self._set(held, Weight.OWN_WORD, "the elector's own word")

    # (b) A report by an outlet sets it, unless the elector's own word says otherwise.
    def _report(self, held: Held[StanceReported], *, trusted: bool) -> None:
        event = held.event
        own = self.own
        if own is not None and event.stance.polarity != own.event.stance.polarity:
            if self.stance is not None and event.stance.polarity == self.stance.polarity:
                self._agree(held, Weight.REPORT)  # the official word has been overtaken before
            elif trusted or self._origins_against(held) >= self.policy.origins_needed:
                self._set(held, Weight.REPORT, "independent origins against the elector's own earlier word")
                self.disputed = not trusted
            else:
                self.disputed = True
                self._note(
                    held, Weight.REPORT, Outcome.OUTWEIGHED,
                    "contradicts the elector's own word; it takes "
                    f"{self.policy.origins_needed} independent origins",
                )  # fmt: skip
            return
        if self._weaker_shade(event):
            self._agree(held, Weight.REPORT)
            return
        self._set(held, Weight.REPORT, "told by an outlet")

    # (c) An unnamed official of the elector neither lowers nor crosses a firmer word for or against.
    def _own_unnamed(self, held: Held[StanceReported], *, trusted: bool) -> None:
        event = held.event
        firmer = (
            self.stance is not None
            and self.stance.polarity != 0
            and self._certainty() in (Certainty.OFFICIAL, Certainty.REPORTED)
        )
        if (
            firmer
            and self.stance is not None
            and event.stance.polarity != self.stance.polarity
            and not trusted
        ):
            self._note(held, Weight.OWN_UNNAMED, Outcome.OUTWEIGHED, "unnamed, against a firmer word")
        elif self._weaker_shade(event):
            self._agree(held, Weight.OWN_UNNAMED)
        else:
            self._set(held, Weight.OWN_UNNAMED, "an unnamed official of the elector itself")

    # (d) Other voices move it to a lean, from unknown or undecided only, until origins agree.
    def _others(self, held: Held[StanceReported], *, trusted: bool) -> None:
        event = held.event
        if self.stance is not None and event.stance.polarity == self.stance.polarity:
            origins = self._origins_with(held)
            enough = trusted or origins >= self.policy.origins_needed
            if enough and not event.stance.leans and self.stance.leans:
                self._set(held, Weight.OTHERS, f"{origins} independent origins agree")
            else:
                self._agree(held, Weight.OTHERS)
            return
        if self.stance in (None, Stance.UNDECIDED):
            if trusted:
                self._set(held, Weight.OTHERS, "checked by a person")
            else:
                self._set(held, Weight.OTHERS, "another's word moves it to a lean only", _lean(event.stance))
            return
        firm = self._certainty() in (Certainty.OFFICIAL, Certainty.REPORTED) and self.stance.polarity != 0
        if trusted or (not firm and self._origins_against(held) >= self.policy.origins_needed):
            self._set(held, Weight.OTHERS, "independent origins agree")
        else:
            self._note(held, Weight.OTHERS, Outcome.OUTWEIGHED, "another's word, against a standing")

    # (e) Silence told by others fills an unknown standing and replaces nothing.
    def _silence(self, held: Held[StanceReported]) -> None:
        if self.stance is None:
            self._set(held, Weight.SILENCE, "others tell of no word from the elector")
            self.silence = True
        elif self.stance is Stance.UNDECIDED:
            self._agree(held, Weight.SILENCE)
        else:
            self.disputed = self.disputed or self.stance is Stance.SUPPORTS
            self._note(held, Weight.SILENCE, Outcome.OUTWEIGHED, "silence replaces nothing")

    def _set(self, held: Held[StanceReported], kind: Weight, why: str, stance: Stance | None = None) -> None:
        new = stance or held.event.stance
        if new is not self.stance:
            for earlier in self.agreeing:
                reason = self.reasons[earlier.id]
                self._note(
                    earlier, reason.weight, Outcome.SUPERSEDED, f"until {held.event.occurred_at:%Y-%m-%d}"
                )
            self.stance, self.since, self.agreeing, self.carrier = new, held.event.occurred_at, [], None
        self.disputed, self.silence = False, False
        self.against = []
        self._agree(held, kind, why)

    def _agree(self, held: Held[StanceReported], kind: Weight, why: str = "says the same") -> None:
        firm = kind in (Weight.OWN_WORD, Weight.REPORT, Weight.OWN_UNNAMED)
        if firm and held.event.stance is self.stance and not self._overtaken():
            self.disputed = False
        self.agreeing.append(held)
        carrier = self.carrier
        same_shade = held.event.stance is self.stance or carrier is None
        if carrier is None or (same_shade and _firmness(held) < _firmness(carrier)):
            if carrier is not None:
                self._note(
                    carrier, weight(carrier.event), Outcome.AGREES, "told first; a firmer word carries it"
                )
            self.carrier = held
            self.silence = kind is Weight.SILENCE
            self._note(held, kind, Outcome.CARRIES, why)
        else:
            self._note(held, kind, Outcome.AGREES, why)

    def _overtaken(self) -> bool:
        """Whether the standing goes against the elector's own last word."""
        own, stance = self.own, self.stance
        return own is not None and stance is not None and own.event.stance.polarity != stance.polarity

    def _weaker_shade(self, event: StanceReported) -> bool:
        """A lean told beside a full stance of the same direction."""
        return (
            self.stance is not None
            and event.stance.leans
            and not self.stance.leans
            and event.stance.polarity == self.stance.polarity
        )

    def _origins_against(self, held: Held[StanceReported]) -> int:
        self.against.append(held)
        polarity = held.event.stance.polarity
        return count_origins(
            h.event.source.origins for h in self.against if h.event.stance.polarity == polarity
        )

    def _origins_with(self, held: Held[StanceReported]) -> int:
        full = [h for h in (*self.agreeing, held) if not h.event.stance.leans]
        return count_origins(h.event.source.origins for h in full)

    def _certainty(self) -> Certainty | None:
        return None if self.carrier is None else self.carrier.event.certainty

    def _note(self, held: Held[StanceReported], kind: Weight, outcome: Outcome, why: str) -> None:
        self.reasons[held.id] = Reason(
            report=held.id, event=held.event, weight=kind, outcome=outcome, why=why
        )

    def result(self) -> Standing:
        return Standing(
            stance=self.stance,
            certainty=self._certainty(),
            since=self.since,
            disputed=self.disputed,
            silence=self.silence,
            reports=len(self.agreeing),
            origins=count_origins(held.event.source.origins for held in self.agreeing),
            carried_by=self.carrier,
            last=self.last,
            reasons=tuple(self.reasons.values()),
        )


def _firmness(held: Held[StanceReported]) -> tuple[int, int]:
    return (held.event.certainty.rank, 1 if held.event.silence else 0)


def _lean(stance: Stance) -> Stance:
    return {Stance.SUPPORTS: Stance.LEANS_SUPPORT, Stance.OPPOSES: Stance.LEANS_OPPOSE}.get(stance, stance)


def _beside(event: StanceReported) -> str:
    if event.time is ClaimTime.CONDITIONAL:
        return f"on a condition: {event.condition}" if event.condition else "on a condition"
    if event.time is ClaimTime.FUTURE:
        return "foretold, not yet taken"
    if event.time is ClaimTime.HISTORICAL:
        return "told as past"
    return "speculation never moves a standing"
