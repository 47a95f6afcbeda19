"""What a reading of one item finds: claims, counts and candidacies, each with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.items import Field, ItemId
from tracker.stances import CandidateId, Certainty, ClaimTime, ContestId, ElectorId, Stance, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words relied on.

    field       which raw text of the item the offsets count in
    start, end  code-point offsets into that raw text, end exclusive
    text        the words themselves, as a reader sees them (tags and entities resolved)
    sentence    the whole sentence around them, as a reader sees it
    """

    field: Field
    start: int
    end: int
    text: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One assertion by one item about one elector's attitude to one candidate getting the post.

    speaker      who is cited, as written; empty when the narrator asserts it
    voice        whose word it is, seen from the elector
    silence      the text reports that nothing was said or decided ("no news from", "has yet to"),
                 not an act or a word; only with `undecided`
    condition    the condition as written, for conditional claims; empty otherwise
    via          the bloc through whose name the elector was named; `None` when named itself
    rule         the id of the rule that read it
    confidence   0..1: what the rule is worth (docs/extraction.md says how it is set)
    """

    elector: ElectorId
    candidate: CandidateId
    stance: Stance
    certainty: Certainty
    time: ClaimTime
    voice: Voice
    speaker: str
    evidence: Evidence
    rule: str
    confidence: float
    silence: bool = False
    condition: str = ""
    via: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of supporters without all their names ("28 of 32", "about 16 others").

    low, high    the number as told: equal when exact; `high` is `None` for "more than 20"
    of           the total it is told against; `None` when the text gives none
    beside       electors named as supporters next to the number and not in it ("and 16 others")
    holdouts     electors named as the only ones missing
    """

    candidate: CandidateId
    low: int
    high: int | None
    of: int | None
    approximate: bool
    beside: tuple[ElectorId, ...]
    holdouts: tuple[ElectorId, ...]
    certainty: Certainty
    speaker: str
    evidence: Evidence
    rule: str


class CandidacyStep(StrEnum):
    """What happens to a candidacy. `RESCINDED`: a nomination is taken back; the candidate may stay.
    `CHOSEN`: the body has decided, by what is told."""

    MENTIONED = "mentioned"
    DECLARED = "declared"
    NOMINATED = "nominated"
    RESCINDED = "rescinded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidacy:
    """A candidate is mentioned, declares, is nominated, declines or withdraws.

    by           the elector that nominates, or takes its nomination back; `None` when the text names none
    """

    candidate: CandidateId
    step: CandidacyStep
    by: ElectorId | None
    certainty: Certainty
    time: ClaimTime
    speaker: str
    evidence: Evidence
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NonClaim:
    """A cue that was seen and not taken, and the check that said no: what `extract --explain` shows."""

    cue: str
    reason: str
    evidence: Evidence
    elector: ElectorId | None = None
    candidate: CandidateId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything one item says about one contest, in text order.

    claims       at most one for an elector, a candidate and a time
    guesses      speculation of another sign on a pair that a firmer claim of the item decides: to be
                 shown beside it, never to move it
    extractor    version of the reader and digest of its data, as stored on every event
    """

    item: ItemId
    contest: ContestId
    extractor: str
    claims: tuple[Claim, ...] = ()
    guesses: tuple[Claim, ...] = ()
    counts: tuple[Count, ...] = ()
    candidacies: tuple[Candidacy, ...] = ()
    rejected: tuple[NonClaim, ...] = ()
