"""Topics: is it said of a candidate getting this post, or of something else?"""

from __future__ import annotations

from tracker.extraction.discourse import Discourse
from tracker.extraction.gazetteer import NameKind
from tracker.extraction.roster import Roster
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import HARD, Kind, Unit

_NO_VERBS = frozenset(["det", "poss", "number", "him", "both", "nobody", "rival", "prep", "modifier"])
_CENTURY = range(1900, 2100)


def foreign_object(sentence: Sentence, at: int) -> bool:
    """The candidate's plan, government or visit, not the candidate, is what follows the predicate."""
    units = sentence.units
    if sentence.language.genitive_after and not units[at].kind and "race" in units[at].classes:
        held = units[at + 1] if at + 1 < len(units) else None
        if held is not None and not held.known and held.word[:1].isalpha():
            return True  # "kandydaturę Patriotów": somebody else's
    if units[at].race:
        return _other_seat(units, at)
    if sentence.language.genitive_after and at and units[at].kind:
        before = units[at - 1]
        idiom = before.word in sentence.language.idioms
        if not before.kind and not before.known and not idiom and before.word.isalpha():
            return True  # "popiera pomysł Ruttego": an unknown noun owns the genitive
    if at + 1 >= len(units):
        return False
    after = units[at + 1]
    if after.word == ":" and any("topic" in u.classes for u in units[at + 2 : at + 10]):
        return True  # "sides with X: spare air defence should go to Ukraine"
    wanted = at > 0 and not units[at - 1].classes.isdisjoint(("urge", "wish"))
    if wanted and after.word == sentence.language.purpose and not _to_lead(sentence, at + 2):
        return True  # "wants X to visit Warsaw"
    owner = not units[at].kind and "poss" in units[at].classes and "him" in units[at].classes
    idiom = after.word in sentence.language.idioms
    if owner and not after.kind and not after.known and not idiom and after.word[:1].isalpha():
        return True  # "did not doubt her talents"
    if "foreign" in after.classes and not after.kind:
        return True
    if "at" in after.classes and not after.kind and at + 2 < len(units) and _gerund(sentence, units[at + 2]):
        return True  # "support him in strengthening the Alliance"
    if not after.classes.isdisjoint(("over", "prep")) and not after.kind:
        for unit in units[at + 2 : at + 6]:
            if unit.word in HARD or unit.word == ",":
                break
            if any(n.kind in (NameKind.BODY, NameKind.POST) for n in unit.names) or "race" in unit.classes:
                return False
            if "topic" in unit.classes:
                return True
    return False


def other_matter(sentence: Sentence) -> bool:
    """ "Im Streit um Schweden": the sentence names its quarrel, and it is about no candidate or post."""
    units = sentence.units
    for i, unit in enumerate(units[:-2]):
        if unit.kind or "matter" not in unit.classes:
            continue
        link = units[i + 1]
        if link.kind or "prep" not in link.classes or "with" in link.classes:
            continue
        n = i + 2
        while n < len(units) - 1 and units[n].skippable and units[n].classes:
            n += 1
        thing = units[n]
        if thing.kind in (Kind.CANDIDATE, Kind.BODY, Kind.VOICE) or thing.race:
            continue
        if thing.classes.isdisjoint(("role", "race", "contest", "his", "him", "it", "time")):
            return True
    return False


def elsewhere(sentence: Sentence, at: int, stop: int) -> bool:
    """Words that can do without an object have one of their own, and it is no candidate.

    "Se opone a la ampliación", "guarda silencio sobre la guerra": what follows unit `at` to `stop`, where the
    words may end with the preposition itself, is a thing that no word of this post or of time begins. Phrases
    of place and cause ("en Bruselas", "por principio") are nobody's object.
    """
    units = sentence.units
    if not units[stop - 1].kind and "demand" in units[stop - 1].classes:
        return False  # "asks for guarantees on gas": what it wants for its vote
    i = stop
    while (
        i < len(units) and not units[i].kind and not units[i].classes.isdisjoint(("adv", "time", "so", "too"))
    ):
        i += 1
    if i == stop > at + 1 and _governs(units[i - 1]) and not (i < len(units) and _governs(units[i])):
        i -= 1
    if i >= len(units) or units[i].kind:
        return False
    governed = _governs(units[i])
    if governed:
        i += 1
    elif units[i].classes.isdisjoint(("det", "poss")) and not (
        sentence.language.genitive_after and (not units[i].known or "topic" in units[i].classes)
    ):
        return False
    while i < len(units) and units[i].skippable and units[i].classes:
        i += 1
    if i >= len(units) or units[i].word in HARD or units[i].word == ",":
        return False
    thing = units[i]
    if thing.kind or thing.capital or not thing.word[:1].isalpha() or thing.lemmas:
        return False
    return not thing.known or not thing.classes.isdisjoint(("topic", "foreign"))


def _governs(unit: Unit) -> bool:
    return (
        not unit.kind
        and not unit.classes.isdisjoint(("toward", "over", "of", "with"))
        and unit.classes.isdisjoint(("at", "by", "rel", "that"))
    )


def _other_seat(units: list[Unit], at: int) -> bool:
    """ "Argentina's candidate for a seat on the council": a candidacy for what is not the post."""
    if at + 2 >= len(units) or units[at + 1].kind or "toward" not in units[at + 1].classes:
        return False
    if any(n.kind is NameKind.CANDIDATE for n in units[at].names):
        return False
    for unit in units[at + 2 : at + 8]:
        if unit.word in HARD or unit.word == ",":
            break
        if any(n.kind in (NameKind.BODY, NameKind.POST, NameKind.INCUMBENT) for n in unit.names):
            return False
        if not unit.classes.isdisjoint(("role", "contest", "title", "race")) or unit.kind is Kind.VOICE:
            return False
    after = next((u for u in units[at + 2 : at + 5] if not (u.skippable and u.classes)), None)
    return after is not None and not after.kind and not after.known and after.word[:1].isalpha()


def _to_lead(sentence: Sentence, at: int) -> bool:
    """What follows "to" is getting or having the post ("to lead NATO"), or no verb ("A to B")."""
    units = sentence.units
    while at < len(units) and "adv" in units[at].classes and not units[at].kind:
        at += 1
    if at >= len(units) or units[at].kind or not units[at].classes.isdisjoint(_NO_VERBS):
        return True
    if units[at].word in sentence.language.leading or units[at].capital:
        return True
    for unit in units[at : at + 6]:
        if unit.word in HARD:
            break
        if any(n.kind in (NameKind.BODY, NameKind.POST) for n in unit.names) or "role" in unit.classes:
            return True
    return False


def _gerund(sentence: Sentence, unit: Unit) -> bool:
    ending = sentence.language.gerund
    known = any("ger" in forms for forms in unit.lemmas.values())
    return known or (bool(ending) and not unit.known and unit.word.endswith(ending))


def _apart(units: list[Unit], year: int, at: int) -> bool:
    """ "X, who voted for Z in 2020, backs Y", "X, rival of 2016: I'm with Y", "backs Y, as in 2016"."""
    low, high = sorted((year, at))
    between = [k for k in range(low, high) if units[k].word == "," or units[k].word in HARD]
    if any(units[k].word in HARD for k in between):
        return True
    if not between:
        return False
    if year > at:
        return True
    comma = next((k for k in range(year, -1, -1) if units[k].word == ","), -1)
    return comma >= 0 and any("rel" in u.classes and not u.kind for u in units[comma + 1 : comma + 3])


def other_time(sentence: Sentence, roster: Roster, at: int | None = None) -> bool:
    """The sentence tells of a year before the race.

    at  where a predicate stands: where persons decide, a year told aside of it is not its own
    """
    opened = roster.contest.opened
    first = (opened or roster.day).year
    for i, unit in enumerate(sentence.units):
        if at is not None and roster.by_people and _apart(sentence.units, i, at):
            continue
        if (
            len(unit.word) == 4
            and unit.word.isdigit()
            and int(unit.word) in _CENTURY
            and int(unit.word) < first
        ):
            if any("remark" in u.classes for u in sentence.units[max(i - 6, 0) : i]):
                continue  # "because of his remarks of 2021": a reason, told of today
            before = sentence.units[i - 1] if i else None
            return before is None or "since" not in before.classes
        if "long_ago" in unit.classes:
            return True
    return False


def names_post(sentence: Sentence) -> bool:
    """The sentence names the organisation, the post or the incumbent."""
    return any(
        n.kind in (NameKind.BODY, NameKind.POST, NameKind.INCUMBENT)
        for unit in sentence.units
        for n in unit.names
    )


def names_office(sentence: Sentence) -> bool:
    """The sentence names the post, by its name or as a job of the organisation ("NATO's top job")."""
    units = sentence.units
    for i, unit in enumerate(units):
        kinds = {n.kind for n in unit.names}
        if NameKind.POST in kinds:
            return True
        if NameKind.BODY in kinds:
            near = (unit, *units[i + 1 : i + 3])
            if any(not u.classes.isdisjoint(("role", "title", "race")) for u in near):
                return True
    return False


def other_contest(sentence: Sentence, candidate: str, discourse: Discourse) -> bool:
    """Another post is spoken of, or a person only mentioned for this one without the post in reach."""
    if not discourse.roster.declared(candidate) and any(
        "other_post" in u.classes and not discourse.roster.own_post(u)
        for s in discourse.titles()
        if not names_post(s)
        for u in s.units
    ):
        return True
    title = [s for s in discourse.titles() if not names_post(s)]
    place = (sentence.field, sentence.paragraph, sentence.number - 1)
    last = (s for s in discourse.sentences[-2:] if (s.field, s.paragraph, s.number) == place)
    here = [sentence, *last, *title]
    roster = discourse.roster
    own = names_post(sentence) or any(roster.own_post(u) for u in sentence.units)
    if not own and any("other_post" in u.classes and not roster.own_post(u) for s in here for u in s.units):
        return True
    if roster.by_people and (roster.entered(candidate) or discourse.racing):
        return False  # whoever is voted for by name is a candidate
    if discourse.roster.declared(candidate):
        return False
    title_own = any(roster.own_post(u) for t in discourse.titles() for u in t.units)
    if not roster.incumbent(candidate) and (title_own or any(roster.own_post(u) for u in sentence.units)):
        return False
    named = names_office if discourse.roster.incumbent(candidate) else names_post
    return not any(
        named(s)
        for s in (sentence, *discourse.sentences)
        if s is sentence or s.title or s.paragraph == sentence.paragraph
    )
