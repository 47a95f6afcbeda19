"""Emission: the claims of one assertion as its sentence makes them: source, certainty, time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracker.extraction.assertion import Assertion
from tracker.extraction.attribution import Source, weigh
from tracker.extraction.clauses import conditional
from tracker.extraction.drafts import Draft
from tracker.extraction.frames import Frames
from tracker.extraction.objects import target
from tracker.extraction.scope import Reading
from tracker.extraction.units import HARD, Head, Kind
from tracker.stances import Certainty, ClaimTime, Stance, Voice

_OPENERS = ("det", "poss", "he", "it", "they", "we", "that", "number", "all")
_LESS = 0.97
"""Worth of a claim whose elector is a pronoun, or whose candidate is not said there, beside a plain one."""


def emit(frames: Frames, said: Assertion, reading: Reading) -> None:
    """Add the drafts of an assertion about one candidate, one for each elector, and of what is over."""
    s = frames.sentence
    [candidate] = said.candidates
    cited = frames.source(said.start, said.stop)
    source = cited or _acting(frames, said, reading)
    depends = condition(frames, said.start) if reading.stance.polarity > 0 or reading.guess else ""
    time = _time(frames, said, reading, source, cited, depends)
    if source is None and reading.would and time is not ClaimTime.CONDITIONAL:
        source = frames.carried(said.who)
    begin, end = _extent(frames, said)
    aside = _aside(frames, said.start) is not None
    confidence = said.predicate.confidence
    confidence *= (_LESS if said.who.pronoun else 1.0) * (_LESS if said.at < 0 else 1.0)
    drafts: list[Draft] = []
    for elector in said.who.electors:
        certainty, voice = _certainty(frames, said, reading, source, cited, elector)
        if frames.discourse.opinion and certainty is Certainty.SPECULATION:
            frames.refuse(said.start, said.stop, "an author's guess", elector, candidate)
            continue
        draft = Draft(
            cited=cited is not None,
            aside=aside,
            elector=elector,
            candidate=candidate,
            stance=reading.stance,
            certainty=certainty,
            time=time,
            voice=voice,
            source=source,
            field=s.field,
            start=begin,
            end=end,
            sentence=s.bounds,
            rule=said.predicate.id,
            confidence=round(confidence, 3),
            order=(s.number, said.start),
            lede=frames.lede,
            silence=reading.stance is Stance.UNDECIDED
            and certainty is not Certainty.OFFICIAL
            and reading.past is None,
            condition=depends if time is ClaimTime.CONDITIONAL else "",
            via=said.who.unit.via,
            excepted=said.who.excepted,
        )
        if not (said.predicate.over and reading.stance is said.predicate.stance):
            drafts.append(draft)
        drafts.extend(_over(frames, said, reading, draft))
    frames.drafts.extend(drafts)
    if said.predicate.rival is not None and said.at >= 0:
        _rival(frames, said, said.predicate.rival, drafts)


def _over(frames: Frames, said: Assertion, reading: Reading, draft: Draft) -> Iterable[Draft]:
    """What the words say is over: of the same candidate, or of whoever was left for this one."""
    past = said.predicate.past or reading.past
    if past is None or draft.time is not ClaimTime.NOW or reading.guess:
        return
    for before in frames.left or said.candidates:
        yield replace(
            draft,
            candidate=before,
            stance=past,
            time=ClaimTime.HISTORICAL,
            certainty=Certainty.REPORTED,
            silence=False,
        )


def _rival(frames: Frames, said: Assertion, stance: Stance, drafts: Iterable[Draft]) -> None:
    """ "prefers A to B": a lean against B, or against the one other candidate the item names."""
    units, at = frames.sentence.units, said.at
    other: str | None = None
    if at + 2 < len(units) and "versus" in units[at + 1].classes:
        found = next((u for u in units[at + 2 : at + 4] if u.may_be_candidate), None)
        if found is not None:
            ids = target(frames.sentence, units.index(found), (), frames.discourse, position=at)
            other = ids[0] if ids else None
    if other is None:
        others = [c for c in frames.discourse.all_candidates() if c not in said.candidates]
        other = others[0] if len(others) == 1 else None
    if other is None:
        return
    for draft in list(drafts):
        if draft.time is ClaimTime.NOW and draft.stance is Stance.SUPPORTS:
            rule = f"{said.predicate.id}.rival"
            frames.drafts.append(replace(draft, candidate=other, stance=stance, rule=rule))


def _extent(frames: Frames, said: Assertion) -> tuple[int, int]:
    """Offsets of the words that carry the claim, from the elector to the candidate."""
    s, who = frames.sentence, said.who
    places = [p for p in (said.low, said.start, said.stop - 1, said.at, who.at) if 0 <= p < len(s.units)]
    if who.shared:
        places = [p for p in places if p != who.at]
    return s.span(min(places), max(places))


# -- who says it --------------------------------------------------------------------------------


def _acting(frames: Frames, said: Assertion, reading: Reading) -> Source | None:
    """The elector itself, when nobody is cited and its act or word is told."""
    who = said.who
    if not who.acts or reading.would:
        return None
    return Source(frames.sentence.shown(who.unit.start, who.unit.end), Kind.ELECTOR, who.electors)


def _certainty(
    frames: Frames,
    said: Assertion,
    reading: Reading,
    source: Source | None,
    cited: Source | None,
    elector: str,
) -> tuple[Certainty, Voice]:
    """How sure the stance is of that elector, and whose voice says it."""
    who = said.who
    certainty, voice = weigh(elector, source, acts=who.acts)
    if who.acts and frames.sentence.quoted[said.start] and source is not None:
        if source.kind is Kind.OUTLET:
            # Its own words, in quotation marks: the outlet only passes them on.
            certainty, voice = Certainty.OFFICIAL, Voice.ELECTOR
    silent_body = reading.stance is Stance.UNDECIDED and who.unit.head is Head.OFFICE
    if cited is None and (silent_body or _told_of(frames, said, reading)):
        # A body that keeps silent has said nothing: the narrator tells of it.
        certainty, voice = Certainty.REPORTED, Voice.OUTLET
    guessed = source is not None and source.guess and bool(reading.stance.polarity)
    if reading.guess or said.predicate.guess or guessed or (reading.expected and source is None):
        certainty = Certainty.SPECULATION
    elif reading.expected and source is not None and source.kind is Kind.UNNAMED:
        certainty = certainty if certainty is Certainty.SPECULATION else Certainty.ANONYMOUS
    return certainty, voice


def _told_of(frames: Frames, said: Assertion, reading: Reading) -> bool:
    """A person's state or silence, of which the narrator tells; an act or word would be the person's."""
    if not frames.discourse.roster.by_person or frames.sentence.quoted[said.start]:
        return False
    aloof = said.predicate.left == "-"
    if frames.sentence.title:
        return aloof
    silent = reading.silent and not {"will", "would", "refuse", "can"} & set(said.effects)
    return said.predicate.copula or aloof or silent


# -- when it holds ------------------------------------------------------------------------------


def _time(
    frames: Frames,
    said: Assertion,
    reading: Reading,
    source: Source | None,
    cited: Source | None,
    depends: str,
) -> ClaimTime:
    """Whether it holds now, is over, is only expected or depends on something."""
    time, effects, roster = reading.time, said.effects, frames.discourse.roster
    if time is ClaimTime.NOW and (_past(frames, said) or _before_exit(frames, said)):
        time = ClaimTime.HISTORICAL
    guessed = source is not None and source.guess
    if roster.by_people and guessed and time is ClaimTime.NOW and "will" in effects:
        time = ClaimTime.FUTURE  # "predicts that X will give way": not yet
    nobody = cited is None and frames.carried(said.who) is None
    waits = time is ClaimTime.NOW and nobody and _would(frames, said, reading)
    if waits or (depends and time in (ClaimTime.NOW, ClaimTime.FUTURE)):
        time = ClaimTime.CONDITIONAL
    told_later = "had" in effects and "once" not in effects and cited is not None
    if told_later and reading.stance.polarity >= 0 and not (said.predicate.copula and roster.by_people):
        time = ClaimTime.NOW  # "told reporters that X had found the right man": done, and told later
    if _recalled(frames, said) or _back_then(frames, said):
        time = ClaimTime.HISTORICAL
    return time


def condition(frames: Frames, start: int) -> str:
    """The words of a condition in this sentence that the predicate depends on."""
    s = frames.sentence
    aside = _aside(frames, start)
    for i, unit in enumerate(s.units if "if" in frames.held else ()):
        if i and not s.units[i - 1].kind and "urge" in s.units[i - 1].classes:
            continue  # "asked if": a question, no condition
        if "if_clause" in unit.classes and not _opens(frames, i + 1):
            continue  # "herself once tipped for the job": no clause, no condition
        if unit.kind or "if" not in unit.classes or (aside and not aside[0] <= i < aside[1]):
            continue
        if any(u.word == ";" for u in s.units[min(i, start) : max(i, start)]):
            continue
        stop = i + 1
        while stop < len(s.units) and s.units[stop].word not in {",", *HARD}:
            stop += 1
        low, high = s.span(i, stop - 1)
        return s.shown(low, high)
    opened = conditional(s) if "if_opening" in frames.held else None
    if opened is not None and not opened[0] <= start < opened[1]:
        return s.shown(*s.span(opened[0], opened[1] - 1))
    return ""


def _opens(frames: Frames, i: int) -> bool:
    """A clause begins with the name, noun or pronoun at unit `i`."""
    units = frames.sentence.units
    return i < len(units) and bool(units[i].kind or not units[i].classes.isdisjoint(_OPENERS))


def _aside(frames: Frames, start: int) -> tuple[int, int] | None:
    """The aside between commas that unit `start` stands in ("X, who is backed by Y, could ...")."""
    units = frames.sentence.units
    low = next((i for i in range(start, 0, -1) if units[i].word in {",", *HARD}), 0)
    high = next((i for i in range(start, len(units)) if units[i].word in {",", *HARD}), -1)
    if (
        low
        and high > 0
        and units[high].word == ","
        and low + 1 < len(units)
        and "rel" in units[low + 1].classes
    ):
        return low, high
    return None


def _would(frames: Frames, said: Assertion, reading: Reading) -> bool:
    """ "Would back him" waits for something; "would not back him", "would not say" is said outright."""
    denied = "neg" in said.effects or "neg" in frames.sentence.units[said.start].classes
    outright = reading.stance is Stance.UNDECIDED or (reading.stance.polarity < 0 and denied)
    return reading.would and not outright


def _back_then(frames: Frames, said: Assertion) -> bool:
    """ "At that time, he said, we were for him": told of then, not of now."""
    if "back_then" not in frames.held or {"perfect", "will", "would", "can"} & set(said.effects):
        return False
    return any("back_then" in u.classes for u in frames.sentence.units[: said.start] if not u.kind)


def _before_exit(frames: Frames, said: Assertion) -> bool:
    """ "X, who backed Y, ...", told of a Y who has left."""
    if not frames.discourse.leaving:
        return False
    gone = all(frames.discourse.roster.gone(c) for c in said.candidates)
    return gone and "past" in _forms(frames, said.start) and _aside(frames, said.start) is not None


def _past(frames: Frames, said: Assertion) -> bool:
    """ "Was for X", said of one who has left the race."""
    roster = frames.discourse.roster
    if not said.predicate.copula or not roster.by_people or any(map(roster.stands, said.candidates)):
        return False
    units = frames.sentence.units[max(said.low, 0) : said.start]
    return any("past" in unit.lemmas.get("be", ()) for unit in units)


def _recalled(frames: Frames, said: Assertion) -> bool:
    """ "We supported him when ...": the first person's plain past is over; a narrator's is news."""
    units, at = frames.sentence.units, said.who.at
    if not 0 <= at < len(units) or "we" not in units[at].classes:
        return False
    plain = not {"perfect", "cop", "did", "would", "will"} & set(said.effects)
    return plain and "past" in _forms(frames, said.start)


def _forms(frames: Frames, at: int) -> set[str]:
    return {form for found in frames.sentence.units[at].lemmas.values() for form in found}
