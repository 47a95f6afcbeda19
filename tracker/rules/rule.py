"""How a body decides, as data, and the seats that it is applied to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.stances import ElectorId, Stance


class Effect(StrEnum):
    """What not voting does to a candidate.

    AGAINST  it is as good as a vote against: a consensus breaks, a veto holder vetoes
    NEUTRAL  it stops nobody, and those who vote must be as many as ever
    LOWERS   it stops nobody, and leaves the number of which a share is taken
    """

    AGAINST = "against"
    NEUTRAL = "neutral"
    LOWERS = "lowers"


class Vote(StrEnum):
    """What an elector did in a recorded ballot, toward one candidate."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    ABSENT = "absent"


class Reopening(StrEnum):
    """Whose support a new round of voting reopens: nobody's, that of electors which backed two of the
    candidates before it, or everybody's."""

    NONE = "none"
    DOUBLES = "doubles"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One condition of a decision.

    kind         a key of `RULES`
    name         for a reader ("Security Council")
    of           id of the electorate that it counts; empty: every elector with a vote
    stage        in `stages`, when it is asked: parts of one number at once, in the order of the numbers;
                 0: after the part before it
    Others: as in `Rule`.
    """

    kind: str
    name: str = ""
    of: str = ""
    stage: int = 0
    needed: int | None = None
    share: float | None = None
    fraction: tuple[int, ...] = ()
    total: int | None = None
    vetoes: bool = False
    abstention: Effect = Effect.AGAINST
    absence: Effect = Effect.AGAINST


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the body decides.

    kind         a key of `RULES`; `all_of` (every part at once) or `stages` (the parts one after another)
    needed       supporters needed, for `threshold`
    share        share of all weight that must be passed, for `weighted_majority` (0.5: more than half)
    fraction     numerator and denominator of what must be reached (two thirds: 2, 3), for
                 `supermajority`, and for `weighted_majority` in place of `share`
    total        seats in all when the file lists only some of them; `None`: the seats listed
    vetoes       True: an elector with a veto that opposes blocks the candidate
    abstention, absence
                 what it does when an elector is known to abstain, or to be absent
    parts        the conditions of `all_of` and `stages`
    reopens      whose support a new round of voting reopens
    note         words for a reader; nothing is computed from them
    """

    kind: str
    needed: int | None = None
    share: float | None = None
    fraction: tuple[int, ...] = ()
    total: int | None = None
    vetoes: bool = False
    abstention: Effect = Effect.AGAINST
    absence: Effect = Effect.AGAINST
    parts: tuple[Part, ...] = ()
    reopens: Reopening = Reopening.NONE
    note: str = ""

    @property
    def compound(self) -> bool:
        """Whether it is made of parts."""
        return self.kind in COMPOUND

    def stages(self) -> tuple[tuple[Part, ...], ...]:
        """Its conditions: those of one tuple are asked at once, the tuples one after another."""
        if not self.compound:
            return ((self._part(),),)
        if self.kind == ALL_OF:
            return (self.parts,)
        numbered: dict[int, list[Part]] = {}
        number = 0
        for part in self.parts:
            number = part.stage or number + 1
            numbered.setdefault(number, []).append(part)
        return tuple(tuple(numbered[n]) for n in sorted(numbered))

    def _part(self) -> Part:
        return Part(
            kind=self.kind,
            needed=self.needed,
            share=self.share,
            fraction=self.fraction,
            total=self.total,
            vetoes=self.vetoes,
            abstention=self.abstention,
            absence=self.absence,
        )


ALL_OF, STAGES = "all_of", "stages"
COMPOUND = (ALL_OF, STAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One elector present on the day, and where it stands toward the candidate.

    stance       its standing, or the word of a bloc that binds it; `None`: unknown
    electorates  ids of those in which it sits that day
    vote         what it did in the round that is going on, where that was recorded
    bloc         id of the bloc whose word `stance` is; empty: it spoke itself, or nothing is known
    counted      True: it is among the supporters by a count only, which names who is missing
    """

    elector: ElectorId
    weight: float
    veto: bool
    stance: Stance | None
    electorates: frozenset[str] = frozenset()
    vote: Vote | None = None
    bloc: str = ""
    counted: bool = False

    @property
    def idle(self) -> bool:
        """Whether it is known not to vote."""
        return self.vote in (Vote.ABSTAIN, Vote.ABSENT)

    @property
    def backs(self) -> bool:
        """Whether it is for the candidate."""
        return self.stance is Stance.SUPPORTS and not self.idle

    @property
    def toward(self) -> bool:
        """Whether it would be for the candidate if it went where it leans, or where a count has it."""
        return not self.backs and not self.idle and (self.stance is Stance.LEANS_SUPPORT or self.counted)
