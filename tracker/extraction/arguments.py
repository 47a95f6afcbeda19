"""Arguments: who holds the attitude, and toward whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tracker.extraction.discourse import Discourse, gender_of
from tracker.extraction.scope import chain
from tracker.extraction.sentences import Sentence
from tracker.extraction.units import HARD, Head, Kind, Unit

_NP = (Kind.ELECTOR, Kind.CANDIDATE, Kind.VOICE, Kind.UNNAMED, Kind.OUTLET, Kind.OUTSIDER, Kind.BODY)
_GOVERNING = frozenset(["prep", "of", "link", "at", "by"])
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Subject:
    """What stands before a predicate.

    unit      the unit that names it (for a pronoun, the one it stands for)
    at        where in this sentence
    excepted  the electors are those left out ("all but Hungary")
    pronoun   named by a pronoun or description
    """

    electors: tuple[str, ...]
    candidates: tuple[str, ...]
    unit: Unit
    at: int
    excepted: bool = False
    pronoun: bool = False
    shared: bool = False
    negated: bool = False

    @property
    def acts(self) -> bool:
        """The stance is told as an act or word of a person or office that speaks for the elector."""
        return self.unit.head in (Head.PERSON, Head.OFFICE) or (
            self.unit.kind is Kind.CANDIDATE and bool(self.unit.dual)
        )


def _governed(units: list[Unit], i: int) -> bool:
    return i > 0 and not units[i - 1].kind and not units[i - 1].classes.isdisjoint(_GOVERNING)


def _plain(unit: Unit, at: int, **more: bool) -> Subject:
    if unit.kind is Kind.CANDIDATE:
        return Subject(() if unit.race else unit.dual, unit.candidates, unit, at, **more)
    return Subject(unit.electors if unit.kind is Kind.ELECTOR else (), (), unit, at, **more)


def subject(sentence: Sentence, at: int, discourse: Discourse) -> Subject | None:
    """Who stands before unit `at` as its subject; `None` when that is nobody we can tell."""
    units = sentence.units
    i = at
    for _ in range(_STEPS):
        if i <= 0:
            return None
        unit = units[i - 1]
        if unit.kind in _NP:
            if unit.possessed:
                governs = i == at and i < len(units) and "attitude" in units[i].classes
                return _plain(unit, i - 1) if governs else None  # "Ankara's decision to back him"
            if _excepted(units, i - 1):
                return Subject(unit.electors, (), unit, i - 1, excepted=True)
            joined = _joined(sentence, i, discourse)
            if joined:
                return joined
            if _governed(units, i - 1) and not (
                i == at and (_absolute(units, i - 2) or "subordinate" in units[i - 2].classes)
            ):
                i -= 2
                continue
            found = _name(sentence, i - 1, discourse)
            if found is not None and _partly(units, i - 1):
                many = len(found.electors) > 1 or found.unit.head is Head.PEOPLE
                if many:
                    return None  # "two of the Baltic states", "half of the Romanians"
            if found is not None and _neither(units, i - 1):
                return replace(found, negated=True)
            return found
        found = pronoun(sentence, i - 1, discourse)
        if found is not None and (found.electors or "group2" not in unit.classes):
            return found  # but of "they both", the first
        if "think" in unit.classes and not unit.kind:
            # "Hungary and Turkey, which diplomats deem to have ...": of whom it is thought
            k = i - 2
            if k > 0 and units[k].kind in _NP and not units[k - 1].kind and "rel" in units[k - 1].classes:
                return _antecedent(sentence, k - 1)
        if sentence.title and i == at and "say" in unit.classes and not unit.kind and i > 1:
            if units[i - 2].kind is Kind.ELECTOR and not units[i - 2].possessed:
                return _plain(units[i - 2], i - 2)  # "X says can imagine Y as chief"
        if "venue" in unit.classes and not unit.kind and i > 1 and units[i - 2].kind is Kind.ELECTOR:
            i -= 1  # "the AU summit", "the EU meeting": the body that meets
            continue
        if "rel" in unit.classes:
            return _antecedent(sentence, i - 1) or _predicative(sentence, i - 1, discourse)
        if unit.word == ",":
            aside = _said_by(units, i - 1)
            if aside >= 0:
                i = aside
                continue
            if (
                i > 1
                and units[i - 2].kind in _NP
                and not units[i - 2].possessed
                and not _governed(units, i - 2)
                and _clause(units, i - 2)
                and not _citing(units, i - 2)
            ):
                i -= 1
                continue
            k = _opening(sentence, i - 1)
            if k >= 0:
                if alike := _alike(units, k, i - 1):
                    return _together(units[k - 1], alike, k - 1)
                i = k
                continue
            return _shared(sentence, i - 1, discourse)
        if "and" in unit.classes or "but" in unit.classes:
            return _shared(sentence, i - 1, discourse)
        if unit.word in HARD:
            return None
        if "in" in unit.classes:
            joined = _joined(sentence, i, discourse)
            if joined:
                return joined
        if unit.word.isdigit() or not unit.classes.isdisjoint(("adv", "time", "det", "clitic", "number")):
            i -= 1
            continue
        back = _phrase(units, i - 1)
        if back < 0:
            return None
        i = back
    return None


def _said_by(units: list[Unit], comma: int) -> int:
    """Position after the name before ", say diplomats," that ends at this comma, or -1."""
    k = comma - 1
    if k < 3 or units[k].kind not in _NP:
        return -1
    k -= 1
    while k > 1 and not units[k].kind and "det" in units[k].classes:
        k -= 1
    if units[k].kind or "say" not in units[k].classes or units[k - 1].word != ",":
        return -1
    return k - 1 if units[k - 2].kind in _NP and not units[k - 2].possessed else -1


_BETWEEN = frozenset(["adv", "time", "clitic", "object", "aux", "neg"])
_BORDER = frozenset(["and", "but", "that", "rel", "split", "say", "if", "whether", "subordinate", "think"])


def overt(units: list[Unit], at: int) -> bool:
    """Somebody stands right before unit `at` whom we do not know ("women's groups of ten countries back X").

    Then the subject is not left out, though it is nobody we can tell. Phrases after prepositions are passed
    over: what a sentence opens with ("In Rome they back him") is no subject.
    """
    i = at
    for _ in range(_STEPS):
        if i <= 0:
            return False
        unit = units[i - 1]
        if unit.kind and _governed(units, i - 1):
            i -= 2
            continue
        if unit.word in HARD or unit.word == "," or unit.kind or not unit.classes.isdisjoint(_BORDER):
            return False
        if unit.lemmas or unit.word.isdigit() or not unit.classes.isdisjoint(_BETWEEN):
            i -= 1
            continue
        back = next(
            (k for k in range(i - 1, max(i - 5, 0) - 1, -1) if not units[k].classes.isdisjoint(_GOVERNING)),
            -1,
        )
        if back >= 0 and not any(u.kind or u.word == "," or u.word in HARD for u in units[back:i]):
            i = back
            continue
        return (not unit.known and unit.word[:1].isalpha()) or "group_noun" in unit.classes
    return False


def _excepted(units: list[Unit], i: int) -> bool:
    """ "All but Hungary", "every ally except Hungary"."""
    if i < 1 or "except" not in units[i - 1].classes:
        return False
    low = next(
        (k for k in range(i - 2, max(i - 12, -1), -1) if units[k].word in HARD or units[k].word == ","), -1
    )
    return any("all" in u.classes for u in units[low + 1 : i - 1])


def _absolute(units: list[Unit], i: int) -> bool:
    """ ", with Turkey said to ...": the name after "with" is a subject."""
    return "with" in units[i].classes and (i == 0 or units[i - 1].word in {",", *HARD})


def _neither(units: list[Unit], i: int) -> bool:
    """ "Neither Riga nor Vilnius", "none of the Baltic states"."""
    return any(not u.kind and "neither" in u.classes for u in units[max(i - 2, 0) : i])


def _partly(units: list[Unit], i: int) -> bool:
    """ "Two of the three Baltic states": which ones is not said."""
    for unit in reversed(units[max(i - 3, 0) : i]):
        if unit.kind or unit.word == "," or unit.word in HARD:
            return False
        if "some" in unit.classes:
            return True
    return False


def _phrase(units: list[Unit], i: int) -> int:
    """Start of the prepositional phrase that ends with unit `i`, or -1."""
    for k in range(i, max(i - 5, -1), -1):
        unit = units[k]
        if unit.word in HARD or unit.word == "," or (k < i and unit.lemmas and not unit.classes):
            return -1
        if not unit.kind and not unit.classes.isdisjoint(("prep", "at")):
            return k
    return -1


def _name(sentence: Sentence, i: int, discourse: Discourse) -> Subject | None:
    unit = sentence.units[i]
    if unit.kind is Kind.VOICE:
        if _another(sentence, i):
            pair = discourse.group(sentence, i, 2) if _neither(sentence.units, i) or _none(unit) else None
            if discourse.roster.by_person and pair is not None:
                return Subject(pair.electors, (), pair, i, pronoun=True, negated=True)
            return None
        near = discourse.elector(sentence, i, person=False)
        if near is None:
            return None
        electors = near.electors
        return Subject(
            electors,
            (),
            Unit(
                unit.first,
                unit.last,
                unit.start,
                unit.end,
                unit.text,
                unit.word,
                unit.capital,
                kind=Kind.ELECTOR,
                electors=electors,
                head=Head.OFFICE,
            ),
            i,
            pronoun=True,
        )
    return _plain(unit, i)


def _another(sentence: Sentence, i: int) -> bool:
    """ "No other government", "some ministers", "another capital": nobody in particular."""
    language = sentence.language
    words = (language.words.get(word) for word in sentence.units[i].word.split())
    inside = any(word is not None and not word.classes.isdisjoint(("some", "no")) for word in words)
    return inside or _neither(sentence.units, i)


def _none(unit: Unit) -> bool:
    """ "Neither senator", in one phrase."""
    return unit.word.startswith("neither ")


def _own(sentence: Sentence, i: int, discourse: Discourse) -> tuple[str, ...]:
    """Whom "I" means where persons decide: who is cited for it, else whose item it is."""
    if not discourse.roster.by_people:
        return ()
    for first, last, electors in discourse.here:
        if first <= i <= last:
            return electors
    if sentence.quoted[i]:
        return discourse.speakers[-1] if discourse.speakers else ()
    return discourse.voice


def pronoun(sentence: Sentence, i: int, discourse: Discourse) -> Subject | None:
    """The subject that a pronoun or a word like "both" stands for."""
    unit = sentence.units[i]
    if unit.kind or not unit.classes:
        return None
    near: Unit | None = None
    gender = gender_of(unit)
    if "his_state" in unit.classes:
        near = discourse.elector(sentence, i, person=True, gender=gender) or discourse.elector(
            sentence, i, person=False
        )
    elif discourse.roster.by_person and "it" in unit.classes:
        near = None  # persons are no "it"
    elif "it" in unit.classes or "land" in unit.classes:
        near = discourse.elector(sentence, i, person=False)
    elif "myself" in unit.classes and (own := _own(sentence, i, discourse)):
        me = replace(unit, kind=Kind.ELECTOR, electors=own, head=Head.PERSON)
        return Subject(own, (), me, i, pronoun=True)
    elif "he" in unit.classes and _says_a_stranger(sentence, i):
        return Subject((), (), unit, i, pronoun=True)
    elif "he" in unit.classes:
        near = discourse.sayer(sentence, i, gender)
        near = near or discourse.elector(sentence, i, person=True, gender=gender)
    elif "we" in unit.classes:
        ids = discourse.speakers[-1] if discourse.speakers else discourse.voice
        if discourse.speakers and not ids:
            return None  # somebody who speaks for no elector was cited last
        if not ids and sentence.quoted[i]:
            quoted = discourse.elector(sentence, i, person=True) or discourse.elector(
                sentence, i, person=False
            )
            ids = (quoted.electors or quoted.dual) if quoted else ()
        if not ids:
            return None
        return Subject(
            ids,
            (),
            Unit(
                unit.first,
                unit.last,
                unit.start,
                unit.end,
                unit.text,
                unit.word,
                unit.capital,
                kind=Kind.ELECTOR,
                electors=ids,
                head=Head.OFFICE,
            ),
            i,
            pronoun=True,
        )
    elif "they" in unit.classes:
        near = _informants(sentence, i) or discourse.group(sentence, i, 0)
        near = near or discourse.elector(sentence, i, person=False)
    else:
        for size in (0, 2, 3, 4, 5, 6):
            if f"group{size or ''}" in unit.classes:
                near = discourse.group(sentence, i, size)
                break
        else:
            return None
    if near is None:
        return Subject((), (), unit, i, pronoun=True)
    if near.kind is Kind.UNNAMED:
        return Subject(near.electors, (), near, i, pronoun=True)
    found = _plain(near, i)
    return Subject(found.electors, found.candidates if "he" in unit.classes else (), near, i, pronoun=True)


def _informants(sentence: Sentence, i: int) -> Unit | None:
    """ "Moroccan diplomats said they now awaited ...": those who say it, for whom they speak."""
    for k in range(i - 1, 0, -1):
        unit = sentence.units[k]
        if not unit.kind and "say" in unit.classes:
            before = sentence.units[:k]
            return next((u for u in before if u.kind is Kind.UNNAMED and u.electors), None)
        if unit.kind or unit.word in HARD:
            return None
    return None


def _says_a_stranger(sentence: Sentence, i: int) -> bool:
    """ "Ola Keel said he opposes X": he is whoever says it, of whom the roster knows nothing."""
    units = sentence.units
    for k in range(i - 1, max(i - 4, 0), -1):
        if not units[k].kind and "say" in units[k].classes:
            before = units[k - 1]
            named = before.capital and not before.known and before.word[:1].isalpha()
            return named and not sentence.title
    return False


def _antecedent(sentence: Sentence, i: int) -> Subject | None:
    units = sentence.units
    k = i - 1
    if k >= 0 and units[k].word == ",":
        k -= 1
    if k >= 0 and units[k].kind in _NP and not units[k].possessed:
        return _plain(units[k], k)
    return None


def _clause(units: list[Unit], i: int) -> bool:
    """Unit `i` opens a clause, so that a comma after it only sets off an aside ("Rome, too, backs him")."""
    return (
        i == 0
        or (i == 1 and units[0].word[:1].isdigit())
        or units[i - 1].word in HARD
        or not units[i - 1].classes.isdisjoint(("and", "that", "say", "split", "adv"))
    )


def _citing(units: list[Unit], i: int) -> bool:
    """ ", so Tajani,": an aside that says whose words they are."""
    return i > 1 and "so" in units[i - 1].classes and units[i - 2].word == ","


def _predicative(sentence: Sentence, i: int, discourse: Discourse) -> Subject | None:
    """ "Hungary and Turkey are the only members that ...": the subject of the copula."""
    for k in range(i, max(i - 7, 0), -1):
        before = sentence.units[k - 1]
        if (
            "as" in before.classes
            and not before.kind
            and k > 1
            and sentence.units[k - 2].kind is Kind.ELECTOR
        ):
            return _plain(
                sentence.units[k - 2], k - 2
            )  # "... with Hungary and Slovakia as the only allies that ..."
        entries = sentence.operators.get(k, ())
        if any("cop" in effect for _, effect in entries):
            return subject(sentence, chain(sentence, k).start, discourse)
        unit = sentence.units[k - 1]
        if unit.kind or unit.word in HARD or unit.word == "," or unit.lemmas:
            return None
    return None


def _opening(sentence: Sentence, comma: int) -> int:
    """Position after the name whose aside ends at this comma ("Turkey, which had doubts, is on board")."""
    units = sentence.units
    for k in range(comma - 1, max(comma - 16, 0), -1):
        unit = units[k]
        if unit.word in HARD:
            return -1
        if unit.word == ",":
            before = units[k - 1]
            if (
                before.kind in (Kind.ELECTOR, Kind.CANDIDATE, Kind.VOICE, Kind.UNNAMED)
                and not before.possessed
            ):
                return k if not _governed(units, k - 1) else -1
            if not before.kind and not before.classes.isdisjoint(("it", "he", "they", "we")):
                return k
            return -1
    return -1


def _alike(units: list[Unit], low: int, high: int) -> Unit | None:
    """The elector of the aside ", like the United States," between two commas."""
    if high - low == 3 and "alike" in units[low + 1].classes and units[low + 2].kind is Kind.ELECTOR:
        return units[low + 2]
    return None


def _together(first: Unit, other: Unit, at: int) -> Subject | None:
    if first.kind is not Kind.ELECTOR:
        return None
    return Subject(tuple(dict.fromkeys((*first.electors, *other.electors))), (), first, at)


def _shared(sentence: Sentence, i: int, discourse: Discourse) -> Subject | None:
    """The subject that a second predicate shares with the first ("X praised him but backs Y")."""
    units = sentence.units
    for k in range(i - 1, -1, -1):
        unit = units[k]
        if unit.word in {";", ":"}:
            return None
        opens = (
            k == 0
            or units[k - 1].word in HARD
            or units[k - 1].word == ","
            or not units[k - 1].classes.isdisjoint(("and", "but", "that", "say", "adv", "split", "time"))
        )
        aside = k > 0 and k + 1 < len(units) and units[k - 1].word == "," and units[k + 1].word == ","
        if unit.kind in _NP and not unit.possessed and opens and not (aside and discourse.roster.by_people):
            found = _name(sentence, k, discourse)
        elif opens or k == 0:
            found = pronoun(sentence, k, discourse)
        else:
            continue
        if found is not None:
            return Subject(
                found.electors, found.candidates, found.unit, found.at, pronoun=found.pronoun, shared=True
            )
    return None


def _joined(sentence: Sentence, i: int, discourse: Discourse) -> Subject | None:
    """ "X joins Y and Z in backing": all of them."""
    units = sentence.units
    k = i - 1
    if "in" in units[k].classes and not units[k].kind:
        k -= 1
    if k < 1 or units[k].kind is not Kind.ELECTOR:
        return None
    verb = k - 1
    while verb > 0 and not units[verb].kind and not units[verb].classes.isdisjoint(("adv", "det")):
        verb -= 1
    if "join" not in units[verb].classes or units[verb].kind:
        return None
    other = units[k].electors
    first = subject(sentence, chain(sentence, verb).start, discourse)
    mine = first.electors if first else ()
    return Subject(tuple(dict.fromkeys((*mine, *other))), (), units[k], first.at if first else k)
