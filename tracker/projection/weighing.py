"""The weighing: the policy by which reports, taken one by one, make a standing.

Each rule carries the letter of its row in `docs/standings.md`.
"""

from __future__ import annotations

from datetime import datetime

from tracker.events import EventId, StanceReported, SupportCounted
from tracker.projection.held import Held, Pair
from tracker.projection.origins import Origins
from tracker.projection.policy import Policy
from tracker.projection.standing import Outcome, Reason, Rung
from tracker.projection.state import ContestState
from tracker.projection.weights import Weight, weight
from tracker.stances import Certainty, ClaimTime, Stance, Voice

Report = Held[StanceReported]

_AGAINST_OWN = "contradicts the elector's own word; it takes {} independent origins"
_AGAINST_COUNT = "contradicts a count that names who is missing; it takes {} independent origins"
_REPEATED = "repeats an earlier word that nothing is decided; the lean told since then stands"


class Weighing:
    """The standing while reports are taken, in the order of `fold`: by when they happened.

    stance, since, carrier, agreeing
                  the standing, when it began, the firmest report for it, all that speak for it
    silent        it is `undecided` by silence alone
    contradicted  firm evidence says otherwise, and the elector has not spoken since
    unspoken      silence is told beside support
    own           sign of the elector's own last word, while it holds (0: none for or against)
    firm          sign of the last own word, or outlet's report, that set or bore out the standing
    ladder        when the stance reached each certainty, guesses first
    reopened      the round of voting that reopened it, while nothing has been heard since
    """

    __slots__ = (
        "_against",
        "_guesses",
        "_hearsay",
        "_namings",
        "_notes",
        "_own_at",
        "_own_undecided",
        "_pair",
        "_policy",
        "_state",
        "agreeing",
        "carrier",
        "carrier_weight",
        "contradicted",
        "firm",
        "ladder",
        "last",
        "own",
        "reopened",
        "silent",
        "since",
        "stance",
        "unspoken",
    )  # fmt: skip

    def __init__(self, state: ContestState, pair: Pair, policy: Policy) -> None:
        self._state, self._pair, self._policy = state, pair, policy
        self.stance: Stance | None = None
        self.since: datetime | None = None
        self.carrier: Report | None = None
        self.carrier_weight = Weight.BESIDE
        self.agreeing: list[Report] = []
        self.last: Report | None = None
        self.silent = self.contradicted = self.unspoken = False
        self.own = self.firm = 0
        self._own_undecided = False
        self._own_at: datetime | None = None
        self._against: dict[int, _Voices] = {}
        self._hearsay: dict[int, _Voices] = {}
        self._namings: tuple[Held[SupportCounted], ...] | None = None
        self._notes: dict[EventId, _Note] = {}
        self.ladder: tuple[Rung, ...] = ()
        self.reopened: int | None = None
        self._guesses: dict[Stance, Rung] = {}

    @property
    def disputed(self) -> bool:
        return self.contradicted or self.unspoken

    @property
    def certainty(self) -> Certainty | None:
        return None if self.carrier is None else self.carrier.event.certainty

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Every report taken, oldest first."""
        return tuple(note.reason() for note in self._notes.values())

    def take(self, held: Report) -> None:
        """Weigh the next report."""
        kind, state, trusted = weight(held.event), self._state, False
        if state.verdicts:
            retraction = state.retraction(held.id)
            if retraction is not None:
                why = f"taken back by {retraction.producer}: {retraction.reason}"
                self._note(held, kind, Outcome.RETRACTED, why)
                return
            trusted = state.confirmed(held.id)
        if kind is Weight.BESIDE:
            self._note(held, kind, Outcome.BESIDE, _beside(held.event))
            event = held.event
            if event.time is ClaimTime.NOW and event.stance is not self.stance:
                self._guesses.setdefault(event.stance, _rung(held))
            return
        self.last = held
        if kind is Weight.OWN_WORD:
            self._own_word(held)
        elif kind is Weight.SILENCE:
            self._silence(held)
        elif self._own_undecided and held.event.stance is Stance.UNDECIDED and self._leans():
            self._note(held, kind, Outcome.OUTWEIGHED, _REPEATED)
        elif kind is Weight.REPORT:
            self._report(held, trusted)
        elif kind is Weight.OWN_UNNAMED:
            self._own_unnamed(held, trusted)
        else:
            self._others(held, trusted)

    def go_on(self, state: ContestState) -> None:
        """Weigh what comes by a later state, one that changes nothing for the reports taken."""
        self._state, self._namings = state, None

    def reopen(self, round: int, at: datetime) -> None:
        """A new round of voting opens what stood: the elector's word was for the last one."""
        for earlier in self.agreeing:
            self._notes[earlier.id].superseded = at
        self.stance = self.since = self.carrier = None
        self.agreeing, self.ladder = [], ()
        self.silent = self.unspoken = self.contradicted = False
        self.own = self.firm = 0
        self._own_undecided = False
        self._against.clear()
        self._hearsay.clear()
        self._guesses.clear()
        self.reopened = round

    # (a) The elector's own authorised word sets the standing at its date.
    def _own_word(self, held: Report) -> None:
        stance = held.event.stance
        if stance is Stance.UNDECIDED:
            # (e) Saying again that nothing is decided leaves a lean that came in between.
            if self._own_undecided and self._leans():
                self._note(held, Weight.OWN_WORD, Outcome.OUTWEIGHED, _REPEATED)
                return
            self._own_undecided = True
        elif not stance.leans:
            self._own_undecided = False
        self.own, self._own_at = stance.polarity, held.event.occurred_at
        self.contradicted = False
        self._against.clear()
        self._hearsay.clear()
        self._set(held, Weight.OWN_WORD, stance, "the elector's own word")

    # (b) An outlet's report sets it, unless the elector's own word, or a count by name, says otherwise.
    def _report(self, held: Report, trusted: bool) -> None:
        stance = held.event.stance
        sign = stance.polarity
        crosses_own = self.own not in (0, sign)
        if crosses_own or (sign < 0 and not self._negative() and self._counted_in(held)):
            voices = _heard(self._against, sign, held)
            needed = self._policy.origins_needed
            if trusted or voices.any.count >= needed:
                agreed = stance if trusted or voices.full.count >= needed else _lean(stance)
                self._set(
                    held, Weight.REPORT, agreed,
                    "checked by a person" if trusted else f"{voices.any.count} independent origins say so",
                )  # fmt: skip
                self.contradicted = crosses_own and not trusted
                self.own = 0
            else:
                self.contradicted = True
                told = _AGAINST_OWN if crosses_own else _AGAINST_COUNT
                self._note(held, Weight.REPORT, Outcome.DISPUTES, told.format(needed))
        elif self._weaker_shade(stance):
            self._agree(held, Weight.REPORT, stance, "less than what is known, in the same direction")
        else:
            self._set(held, Weight.REPORT, stance, "told by an outlet")

    # (c) An unnamed official of the elector neither lowers nor crosses a firmer word for or against.
    def _own_unnamed(self, held: Report, trusted: bool) -> None:
        stance = held.event.stance
        if self.firm not in (0, stance.polarity) and not trusted:
            self._note(held, Weight.OWN_UNNAMED, Outcome.OUTWEIGHED, "unnamed, against a firmer word")
        elif self._weaker_shade(stance):
            why = "less than what is known, in the same direction"
            self._agree(held, Weight.OWN_UNNAMED, stance, why)
        elif trusted:
            self._set(held, Weight.OWN_UNNAMED, stance, "checked by a person")
            self._trust(stance)
        else:
            self._set(held, Weight.OWN_UNNAMED, stance, "an unnamed official of the elector itself")

    # (d) Other voices move it to a lean, from unknown or undecided only, until origins agree.
    def _others(self, held: Report, trusted: bool) -> None:
        stance = held.event.stance
        sign = stance.polarity
        voices = _heard(self._hearsay, sign, held)
        needed = self._policy.origins_needed
        if trusted:
            self._set(held, Weight.OTHERS, stance, "checked by a person")
            self._trust(stance)
        elif self.stance is not None and sign == self.stance.polarity:
            if self.stance.leans and voices.full.count >= needed and not stance.leans:
                why = f"{voices.full.count} independent origins agree"
                self._set(held, Weight.OTHERS, stance, why)
            else:
                self._agree(held, Weight.OTHERS, _lean(stance) if self._leans() else stance)
        elif self.stance is None or self.stance is Stance.UNDECIDED:
            self._set(held, Weight.OTHERS, _lean(stance), "another's word moves it to a lean only")
        elif self.firm == 0 and voices.any.count >= needed:
            agreed = stance if voices.full.count >= needed else _lean(stance)
            self._set(held, Weight.OTHERS, agreed, f"{voices.any.count} independent origins agree")
        else:
            self._note(held, Weight.OTHERS, Outcome.OUTWEIGHED, "another's word, against what is known")

    # (e) Silence fills an unknown standing and replaces nothing.
    def _silence(self, held: Report) -> None:
        if self.stance is None:
            self._set(held, Weight.SILENCE, Stance.UNDECIDED, "no word from the elector is told of")
            self.silent = True
        elif self.stance is Stance.UNDECIDED:
            self._agree(held, Weight.SILENCE, Stance.UNDECIDED)
        elif self.stance is Stance.SUPPORTS and held.event.voice is not Voice.ELECTOR:
            self.unspoken = True
            self._note(
                held, Weight.SILENCE, Outcome.DISPUTES, "silence told beside support; it replaces nothing"
            )
        else:
            self._note(held, Weight.SILENCE, Outcome.OUTWEIGHED, "silence replaces nothing")

    def _set(self, held: Report, kind: Weight, stance: Stance, why: str) -> None:
        """The standing is `stance` from here, or still, by this report."""
        if stance is not self.stance:
            for earlier in self.agreeing:
                self._notes[earlier.id].superseded = held.event.occurred_at
            self.stance, self.since = stance, held.event.occurred_at
            self.agreeing, self.carrier, self.reopened = [], None, None
            guess = self._guesses.get(stance)
            self.ladder = () if guess is None else (guess,)
            self._guesses.clear()
            self.silent = self.unspoken = False
            sign = stance.polarity
            self._hearsay = {s: voices for s, voices in self._hearsay.items() if s == sign}
            self._against = {s: voices for s, voices in self._against.items() if s == sign}
        self._agree(held, kind, stance, why)

    def _agree(self, held: Report, kind: Weight, stance: Stance, why: str = "says the same") -> None:
        """The report speaks for the standing; the firmest that does carries it."""
        self.agreeing.append(held)
        exact = stance is self.stance
        if exact and kind is not Weight.SILENCE:
            self.silent = False
        if kind is Weight.OWN_WORD or kind is Weight.REPORT:
            self.firm = stance.polarity
        if exact and kind.rank <= Weight.OWN_UNNAMED.rank:
            self.unspoken = False
        carrier = self.carrier
        if carrier is None or (exact and self._firmer(held, kind)):
            if carrier is not None:
                self._notes[carrier.id].outcome = Outcome.AGREES
            self.carrier, self.carrier_weight = held, kind
            if not self.ladder or held.event.certainty.rank < self.ladder[-1].certainty.rank:
                self.ladder = (*self.ladder, _rung(held))
            self._note(held, kind, Outcome.CARRIES, why)
        else:
            self._note(held, kind, Outcome.AGREES, why)

    def _firmer(self, held: Report, kind: Weight) -> bool:
        """Whether a report is firmer than the one that carries the standing.

        A weight that could not have set the standing does not make it more certain: a neighbour's word
        (`reported`) does not lift what the elector's own unnamed official said.
        """
        assert self.carrier is not None
        if kind.rank > self.carrier_weight.rank:
            return False
        ours, theirs = held.event.certainty.rank, self.carrier.event.certainty.rank
        spoken = self.carrier_weight is Weight.SILENCE and kind is not Weight.SILENCE
        return ours <= theirs if spoken else ours < theirs

    def _trust(self, stance: Stance) -> None:
        """A report that a person checked stands as two origins would, against any earlier word."""
        self.firm = stance.polarity
        if self.own != stance.polarity:
            self.own = 0
        self.contradicted = False

    def _leans(self) -> bool:
        return self.stance is not None and self.stance.leans

    def _negative(self) -> bool:
        return self.stance is not None and self.stance.polarity < 0

    def _weaker_shade(self, stance: Stance) -> bool:
        """A lean told beside a full stance of the same direction."""
        held = self.stance
        return stance.leans and held is not None and not held.leans and stance.polarity == held.polarity

    def _counted_in(self, held: Report) -> bool:
        """Whether the latest count that names who is missing leaves the elector out of them.

        It speaks for an elector present that day that has not spoken itself since.
        """
        if self._namings is None:
            candidate = self._pair[1]
            self._namings = self._state.namings(candidate) if self._state.counts else ()
        at = held.event.occurred_at
        count = next((c.event for c in reversed(self._namings) if c.event.occurred_at <= at), None)
        if count is None or (self._own_at is not None and self._own_at >= count.occurred_at):
            return False
        elector = self._state.roster.elector(self._pair[0])
        return elector is not None and elector.present(count.occurred_at) and elector.id not in count.holdouts

    def _note(self, held: Report, kind: Weight, outcome: Outcome, why: str) -> None:
        self._notes[held.id] = _Note(held, kind, outcome, why)


def _rung(held: Report) -> Rung:
    return Rung(held.event.certainty, held.event.occurred_at, held.id)


class _Note:
    """What became of one report so far."""

    __slots__ = ("_held", "_weight", "_why", "outcome", "superseded")

    def __init__(self, held: Report, weight: Weight, outcome: Outcome, why: str) -> None:
        self._held, self._weight, self._why = held, weight, why
        self.outcome = outcome
        self.superseded: datetime | None = None

    def reason(self) -> Reason:
        held, outcome, why = self._held, self.outcome, self._why
        if self.superseded is not None:
            outcome, why = Outcome.SUPERSEDED, f"{why}; until {self.superseded:%Y-%m-%d}"
        return Reason(held.id, held.event, self._weight, outcome, why)


class _Voices:
    """Independent origins for one direction: of any shade, and of the full stance."""

    __slots__ = ("any", "full")

    def __init__(self) -> None:
        self.any = Origins()
        self.full = Origins()

    def hear(self, held: Report) -> None:
        keys = held.event.source.origins
        self.any.add(keys)
        if not held.event.stance.leans:
            self.full.add(keys)


def _heard(by_sign: dict[int, _Voices], sign: int, held: Report) -> _Voices:
    voices = by_sign.get(sign)
    if voices is None:
        voices = by_sign[sign] = _Voices()
    voices.hear(held)
    return voices


_LEAN = {Stance.SUPPORTS: Stance.LEANS_SUPPORT, Stance.OPPOSES: Stance.LEANS_OPPOSE}


def _lean(stance: Stance) -> Stance:
    return _LEAN.get(stance, stance)


def _beside(event: StanceReported) -> str:
    if event.time is ClaimTime.CONDITIONAL:
        return f"on a condition: {event.condition}" if event.condition else "on a condition"
    if event.time is ClaimTime.FUTURE:
        return "foretold, not yet taken"
    if event.time is ClaimTime.HISTORICAL:
        return "told as past"
    return "speculation never moves a standing"
