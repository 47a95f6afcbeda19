"""Objects: the candidates that a name, a pronoun or a description after the words of stance means."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.contests import Gender
from tracker.extraction.discourse import Discourse
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import Kind


def _candidacy_before(sentence: Sentence, at: int, discourse: Discourse) -> bool:
    """Whether "it" may be a candidacy: one was spoken of here, in the sentence before or the title."""
    earlier = next((s for s in reversed(discourse.sentences) if s is not sentence), None)
    before = [s for s in discourse.sentences if s is earlier or (s.title and s is not sentence)]
    units = [*sentence.units[:at], *(unit for s in before for unit in s.units)]
    if any(unit.race or (not unit.kind and "race" in unit.classes) for unit in units):
        return True
    titles = [{unit.kind for unit in s.units} for s in before if s.title]
    return any({Kind.CANDIDATE, Kind.BODY} <= kinds for kinds in titles)  # "X à l'Otan"


def _pair(sentence: Sentence, at: int) -> tuple[str, ...]:
    """The two of "neither X nor Y" at unit `at`."""
    if at + 1 < len(sentence.units) and "neither" in sentence.units[at].classes:
        after = sentence.units[at + 1]
        if after.kind is Kind.CANDIDATE and len(after.candidates) > 1:
            return after.candidates
    return ()


def target(
    sentence: Sentence,
    at: int,
    electors: Iterable[str],
    discourse: Discourse,
    *,
    position: int,
    main: bool = False,
) -> tuple[str, ...]:
    """The candidates an object stands for; empty when that cannot be told.

    at     its unit; -1 for none said
    main   when none is said, it is the candidate of the headline
    """
    roster = discourse.roster
    if at < 0:
        if main and (one := discourse.headline()):
            return (one,)
        one = discourse.meant(sentence, position, electors)
        return (one,) if one else ()
    unit = sentence.units[at]
    if unit.kind in (Kind.CANDIDATE, Kind.ELECTOR):
        return unit.candidates
    classes = unit.classes
    home = next(iter(electors), "")
    if unit.kind is Kind.VOICE or unit.own:
        if "his" in classes and unit.race:
            one = discourse.candidate(sentence, at, electors)
        else:
            one = roster.national(home)
            if one is None and unit.race:
                one = discourse.candidate(sentence, at, electors)
        return (one,) if one else ()
    if "own_candidate" in classes:
        one = roster.national(home)
        return (one,) if one else ()
    if "nobody" in classes and (pair := _pair(sentence, at)):
        return pair
    if "both" in classes or "nobody" in classes:
        named = discourse.all_candidates() or discourse.running()
        only = {"women": Gender.FEMALE, "men": Gender.MALE}
        told = [gender for name, gender in only.items() if name in classes]
        fitting = tuple(c for c in named if roster.candidates[c].gender in told)
        return fitting if told and len(fitting) > 1 else named
    if "first_of_two" in classes or "second_of_two" in classes:
        pair = discourse.pair(sentence, at)
        return pair[:1] if "first_of_two" in classes else pair[1:]
    if "rival" in classes:
        one = discourse.rival(sentence, at)
        return (one,) if one else ()
    if "favourite" in classes:
        one = discourse.only() or (roster.favourite() if not discourse.all_candidates() else None)
        if one is None and discourse.all_candidates() and not roster.by_people:
            favourite = roster.favourite()
            one = favourite if favourite in discourse.all_candidates() else None
        return (one,) if one else ()
    if "thing" in classes and not _candidacy_before(sentence, at, discourse):
        return ()
    after = sentence.units[at + 1 : at + 3]
    if not unit.kind and "race" in classes and len(after) == 2 and "of" in after[0].classes:
        owner = after[1]
        if owner.kind is Kind.ELECTOR and len(owner.electors) == 1:  # "prefers Mexico's candidate"
            one = roster.national(owner.electors[0])
            return (one,) if one else ()
    gender = Gender.FEMALE if "her" in classes else Gender.MALE if "male" in classes else Gender.UNKNOWN
    one = discourse.candidate(sentence, at, electors, gender)
    return (one,) if one else ()
