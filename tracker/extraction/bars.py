"""Bars: why words of stance make no claim where they stand.

It is asked, wished, denied, told of another matter, another year or another post, or of the elector itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.contests import Gender
from tracker.extraction.assertion import Assertion
from tracker.extraction.frames import Frames
from tracker.extraction.scope import chain
from tracker.extraction.topics import (
    elsewhere,
    foreign_object,
    names_post,
    other_contest,
    other_matter,
    other_time,
)
from tracker.extraction.units import HARD, MARKS, Kind

OF_HIS = "its object is something else of the candidate's"
OUT_OF_REACH = "not said of this post"
TOWARD_ELSE = "toward something else"
NO_CANDIDATE = "its subject is no candidate"
ANOTHER_MATTER = "words of another matter"
ELSEWHERE = frozenset([OF_HIS, TOWARD_ELSE, NO_CANDIDATE, OUT_OF_REACH, ANOTHER_MATTER])
"""Reasons that tell that the text is about something else of the candidate's."""


def reason(frames: Frames, said: Assertion) -> str:
    """Why an assertion makes no claim, whatever its operators; "" when nothing bars it."""
    if _of_itself(frames, said):
        return "a candidate of itself"
    s, at, stop = frames.sentence, said.at, said.stop
    if said.unsaid and s.language.drops and elsewhere(s, said.start, stop):
        return TOWARD_ELSE
    owned = said.predicate.persons and said.start <= at + 1 < stop
    if at >= 0 and not owned and foreign_object(s, at):
        return OF_HIS
    if said.unsaid and (_astray(frames, said.start) or other_matter(s)):
        return "said of another matter"
    if at < 0 and _elsewhere(frames, stop):
        return TOWARD_ELSE
    if found := _barred(frames, said.start):
        return found
    if at < 0 and _sought_after(frames, said.start, stop, said.candidates):
        return "somebody like this candidate"
    return ""


def _of_itself(frames: Frames, said: Assertion) -> bool:
    """The candidate would back itself, by a pronoun or its own name; where it runs, that is another rule."""
    who, roster = said.who, frames.discourse.roster
    if who.pronoun and roster.by_person and set(said.candidates) & set(who.electors):
        return True
    if said.predicate.left == "R":
        return False
    if who.unit.kind is Kind.CANDIDATE and set(said.candidates) & set(who.unit.candidates):
        return True
    own_votes = {e for c in said.candidates for e in roster.dual(c)}
    return who.pronoun and roster.by_people and bool(own_votes & set(who.electors))


def rumoured(frames: Frames, start: int) -> bool:
    """ "Dismissed reports that it might switch", "called talk of its support speculation"."""
    units = frames.sentence.units
    told = any("rumour" in u.classes for u in units[:start])
    return told and any("dismissal" in u.classes for u in units if not u.kind)


def _sought_after(frames: Frames, start: int, stop: int, candidates: Sequence[str]) -> bool:
    """ "Wanted a woman": no word against one who is."""
    wanted = any("woman" in u.classes for u in frames.sentence.units[start:stop] if not u.kind)
    known = frames.discourse.roster.candidates
    return wanted and any(known[c].gender is Gender.FEMALE for c in candidates)


def _astray(frames: Frames, start: int) -> bool:
    """Another matter was spoken of just before: what is left unsaid is about that."""
    low = frames.sentence.units[start].start
    found = frames.discourse.astray or any(
        r.reason in ELSEWHERE and r.reason != OF_HIS and r.start < low for r in frames.refusals
    )
    return found and not names_post(frames.sentence)


def _elsewhere(frames: Frames, stop: int) -> bool:
    """ "Lifted its veto on the aid": the noun before `stop` is toward what is no candidate."""
    units = frames.sentence.units
    if stop >= len(units) or units[stop].kind or "toward" not in units[stop].classes:
        return False
    if units[stop - 1].kind or units[stop - 1].classes.isdisjoint(("pro", "contra", "doubt")):
        return False
    for unit in units[stop + 1 : stop + 4]:
        if unit.kind or unit.may_be_candidate or not unit.classes.isdisjoint(("his", "role", "him", "it")):
            return False
        if not unit.skippable:
            return unit.word[:1].isalpha() and "time" not in unit.classes
    return False


def other_object(frames: Frames, stop: int, *, everyone: bool) -> bool:
    """ "Voted against money for ...", "unimpressed with his successor": about something named there."""
    units = frames.sentence.units
    if not frames.discourse.roster.by_people or stop >= len(units):
        return False
    i = stop
    if not units[i].kind and not units[i].classes.isdisjoint(("over", "with", "toward")):
        if "at" in units[i].classes:
            return False
        i += 1
    elif not everyone and "against" not in units[stop - 1].word.split():
        return False
    while i < min(stop + 4, len(units)) and units[i].skippable and units[i].known:
        if not units[i].classes.isdisjoint(("time", "adv")):
            return False
        i += 1
    if i >= len(units) or units[i].kind or units[i].word in MARKS:
        return False
    return units[i].word[:1].isalpha() and units[i].classes.isdisjoint(("time", "adv", "role", "him", "it"))


def _barred(frames: Frames, start: int) -> str:
    """Why nothing in this place can be a claim; empty when it can."""
    s = frames.sentence
    if s.title and s.units and "why" in s.units[0].classes:
        return "a headline that asks"
    if s.title and frames.discourse.opinion:
        return "the headline of an opinion"
    stop = next((u.word for u in s.units[start:] if u.word in HARD), "")
    if (s.question and not s.quoted[start]) or (stop.startswith("?") and not s.quoted[start]):
        return "a question"
    if other_time(s, frames.discourse.roster, start):
        return "another year"
    if any("congratulate" in u.classes for t in (s, *frames.discourse.titles()) for u in t.units):
        return "congratulations, when all is decided"
    if "mistaken" in frames.held and any(
        "mistaken" in unit.classes and not unit.kind for unit in s.units[:start]
    ):
        return "told to be a mistake"
    for report in frames.said:
        if (
            report.first <= start <= report.last
            and report.verb != start
            and "wish" in s.units[report.verb].classes
        ):
            return "only wished for"
    for i in range(chain(s, start).start - 1, -1, -1):  # "has not said whether it will": no condition
        unit = s.units[i]
        if unit.word in {",", *HARD}:
            break
        if unit.kind or "phrase" in unit.classes:
            continue
        if not unit.classes.isdisjoint(("if", "whether", "if_opening")):
            return "a condition or question itself"
    return ""


def out_of_reach(frames: Frames, candidate: str) -> bool:
    """It is said of another post, or of somebody only mentioned for this one."""
    return other_contest(frames.sentence, candidate, frames.discourse)
