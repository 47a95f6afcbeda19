"""The gazetteer: every name by which an item may call the electors, candidates and speakers of a contest.

Names are compared token by token, folded; the first token leads to the few names that begin with it, so
a look-up costs the same for 30 electors and for 200.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.contests import Candidate, CandidateStatus, Contest, Elector, ElectorKind, Speaker
from tracker.countries import BLOCS, COUNTRIES, FormKind, country
from tracker.extraction.homes import homes
from tracker.extraction.lexicon import Language
from tracker.extraction.tokens import Clitics, Token, fold, tokenise

SMALLEST_BLOC = 2
LARGEST_EXPANDED = 8
"""A bloc of more electors than this is one claim under its own id (labelling rules, section 5)."""

_WORDS = re.compile(r"\w+")
_SHORTEST_MISSPELT = 5
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "do",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ten",
        "ter",
        "bin",
        "al",
        "el",
        "mac",
        "saint",
        "st",
    ]
)


class NameKind(StrEnum):
    NAME = "name"
    ADJECTIVE = "adjective"
    PEOPLE = "people"
    CAPITAL = "capital"
    SEAT = "seat"
    PERSON = "person"
    CANDIDATE = "candidate"
    SPEAKER = "speaker"
    BLOC = "bloc"
    BODY = "body"
    POST = "post"
    PLACE = "place"
    INCUMBENT = "incumbent"
    HOME = "home"
    NATIVE = "native"
    OFFICE = "office"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Name:
    """One reading of a name.

    id      of the elector, candidate or bloc; of the elector for a speaker; a home's key
    speaker the speaker, for speakers
    plural  it names many people
    vague   it may well be something else: it needs a company that settles it
    short   part of a full name (a surname, a first name)
    first   a first name
    article it is a description that needs its article ("the president")
    cased   it must begin with a capital where the text has lower case
    """

    kind: NameKind
    id: str
    speaker: Speaker | None = None
    plural: bool = False
    vague: bool = False
    short: bool = False
    first: bool = False
    article: bool = False
    cased: bool = True


Entry = tuple[tuple[str, ...], tuple[Name, ...]]
_DECLINED = {
    NameKind.PERSON: "person",
    NameKind.CANDIDATE: "person",
    NameKind.SPEAKER: "person",
    NameKind.INCUMBENT: "person",
    NameKind.CAPITAL: "capital",
    NameKind.SEAT: "capital",
    NameKind.PEOPLE: "people",
}


class Gazetteer:
    """The names of one contest in one language (and those that are the same in all)."""

    def __init__(self, contest: Contest, language: Language) -> None:
        self._names: dict[tuple[str, ...], dict[tuple[NameKind, str, str], Name]] = defaultdict(dict)
        self._clitics = language.clitics
        self._language = language
        self._common = language.common
        self._ids = {e.id for e in contest.electors}
        self.people = any(e.kind is not ElectorKind.STATE for e in contest.electors)
        for elector in contest.electors:
            self._elector(elector, language.code)
        self._homes(contest)
        for candidate in contest.candidates:
            self._candidate(candidate, language.code)
        for speaker in contest.speakers:
            self._speaker(speaker)
        self._blocs(contest)
        self._body(contest)
        self.lands = _lands(contest, language.code)
        self._by_first: dict[str, tuple[Entry, ...]] = self._table()
        self._misspelt = self._variants()
        self._words = self._telling(contest)

    def match(self, tokens: Sequence[Token], at: int) -> tuple[int, tuple[Name, ...]] | None:
        """The longest name that begins at token `at`: its length in tokens, and its readings."""
        entries = self._by_first.get(tokens[at].fold)
        if entries is None:
            return None
        for parts, names in entries:
            n = len(parts)
            if n > 1 and (at + n > len(tokens) or any(tokens[at + k].fold != parts[k] for k in range(1, n))):
                continue
            fitting = tuple(name for name in names if self._fits(name, tokens, at, n))
            if fitting:
                return n, fitting
        return None

    def misspelt(self, token: Token) -> tuple[Name, ...]:
        """Names that an unknown capitalised word is one letter away from."""
        word = token.fold
        if len(word) < _SHORTEST_MISSPELT - 1 or not token.capital:
            return ()
        for form in _deletions(word):
            for name, names in self._misspelt.get(form, ()):
                if name[0] == word[0] and _one_apart(name, word):
                    return names
        return ()

    def concerns(self, raw: str) -> bool:
        """Whether a raw text may name a candidate, by name, country, office or description, or the post."""
        words = _WORDS.findall(raw.lower())
        if not self._words.isdisjoint(words):
            return True
        return not raw.isascii() and not self._words.isdisjoint(map(fold, words))

    @staticmethod
    def _fits(name: Name, tokens: Sequence[Token], at: int, n: int) -> bool:
        if not name.cased:
            return True
        first = tokens[at]
        if (
            n == 1
            and len(first.text) <= 3
            and name.kind in (NameKind.NAME, NameKind.ADJECTIVE, NameKind.BLOC)
        ):
            return first.text.isupper() or (
                len(first.fold) > 2 and first.capital and name.cased and first.fold not in ("usa",)
            )
        return first.capital or not first.text[:1].isalpha()

    # -- building ---------------------------------------------------------------------------------

    def _add(self, text: str, name: Name) -> None:
        self._form(text, name)
        if self._language.endings and name.kind in _DECLINED:
            for form in self._language.cases(text, _DECLINED[name.kind]):
                self._form(form, name)

    def _form(self, text: str, name: Name) -> None:
        parts = tuple(t.fold for t in tokenise(text, 0, len(text), self._clitics))
        if len(parts) > 1 and parts[0] in ("the", "l'"):
            bare = self._language.word(parts[1], parts[1]) if len(parts) == 2 else None
            if bare is None or "group_noun" not in bare.classes:  # "the States", never "states"
                parts = parts[1:]
        if parts:
            self._names[parts].setdefault(
                (name.kind, name.id, name.speaker.name if name.speaker else ""), name
            )

    def _elector(self, elector: Elector, code: str) -> None:
        if elector.kind is ElectorKind.STATE:
            self._state(elector.id, code, full=True)
            for text in (elector.name, *elector.aliases):
                self._add(text, Name(NameKind.NAME, elector.id))
        else:
            for text in (elector.name, *elector.aliases):
                person = elector.kind is ElectorKind.PERSON
                self._add(
                    text,
                    Name(
                        NameKind.PERSON if person else NameKind.NAME,
                        elector.id,
                        short=person and " " not in text,
                    ),
                )
            if elector.kind is ElectorKind.PERSON:
                self._add("".join(elector.name.split()), Name(NameKind.PERSON, elector.id))
                for part in _parts(elector.name):
                    self._add(part, Name(NameKind.PERSON, elector.id))
                for short in _surnames(elector.name, self._clitics):
                    self._add(short, Name(NameKind.PERSON, elector.id, short=True))
        for text in elector.adjectives:
            self._add(text, Name(NameKind.ADJECTIVE, elector.id, cased=text[:1].isupper()))
        for text in elector.people:
            self._add(text, Name(NameKind.PEOPLE, elector.id, plural=True, cased=text[:1].isupper()))
        for text in elector.seats:
            self._add(text, Name(NameKind.SEAT, elector.id))

    def _homes(self, contest: Contest) -> None:
        """Places that persons sit for, people from there, offices that name one person, parties."""
        for key, home in homes(contest.electors).items():
            for text in home.places[:1]:
                self._add(text, Name(NameKind.HOME, home.key))
            for text in home.people:
                self._add(text, Name(NameKind.NATIVE, home.key))
            for text in home.posts:
                self._add(text, Name(NameKind.OFFICE, key, cased=False))
            if home.party:
                self._add(home.party, Name(NameKind.PARTY, home.party))

    def _state(self, key: str, code: str, *, full: bool) -> None:
        known = country(key)
        if known is None:
            return
        for form in known.forms:
            if form.lang != code and not (
                form.lang == "en" and form.kind in (FormKind.NAME, FormKind.CAPITAL) and len(form.text) > 4
            ):
                continue
            kind = _KINDS[form.kind]
            if not full and kind not in (NameKind.ADJECTIVE, NameKind.PEOPLE, NameKind.NAME):
                continue
            self._add(
                form.text,
                Name(kind, key, plural=form.plural, vague=form.ambiguous, cased=form.text[:1].isupper()),
            )

    def _candidate(self, candidate: Candidate, code: str) -> None:
        if candidate.nationality and candidate.nationality not in self._ids:
            self._state(candidate.nationality, code, full=False)
        self._add(candidate.name, Name(NameKind.CANDIDATE, candidate.id))
        for alias in candidate.aliases:
            described = alias.startswith("the ") and alias[4:5].islower() and " " not in alias[4:]
            self._add(
                alias,
                Name(NameKind.CANDIDATE, candidate.id, article=described, cased=alias[:1].isupper()),
            )
            if " " in alias and all(part[:1].isupper() for part in alias.split()):
                self._family(alias, candidate.id)
        if " " in candidate.name:
            self._add("".join(candidate.name.split()), Name(NameKind.CANDIDATE, candidate.id))  # "@MarkRutte"
        self._family(candidate.name, candidate.id)
        first = candidate.name.split()[0]
        if len(first) > 2 and " " in candidate.name:
            self._add(first, Name(NameKind.CANDIDATE, candidate.id, short=True, vague=True, first=True))

    def _family(self, name: str, key: str) -> None:
        for part in _parts(name):
            self._add(part, Name(NameKind.CANDIDATE, key))
        for short in _surnames(name, self._clitics):
            self._add(short, Name(NameKind.CANDIDATE, key, short=True, vague=fold(short) in self._common))

    def _speaker(self, speaker: Speaker) -> None:
        kind = NameKind.SPEAKER
        self._add(speaker.name, Name(kind, speaker.elector, speaker))
        for alias in speaker.aliases:
            self._add(alias, Name(kind, speaker.elector, speaker, short=" " not in alias))
        for short in _surnames(speaker.name, self._clitics):
            self._add(
                short, Name(kind, speaker.elector, speaker, short=True, vague=fold(short) in self._common)
            )
        first = speaker.name.split()[0]
        if len(first) > 3 and " " in speaker.name:
            self._add(first, Name(kind, speaker.elector, speaker, short=True, vague=True))

    def _blocs(self, contest: Contest) -> None:
        named = {bloc.id for bloc in contest.blocs}
        for bloc in contest.blocs:
            self._bloc(bloc.id, (bloc.name, *bloc.aliases))
        for key, known in BLOCS.items():
            members = [m for m in known.members() if m in self._ids]
            if (
                key in named
                or not SMALLEST_BLOC <= len(members) <= LARGEST_EXPANDED
                or len(known.members()) > LARGEST_EXPANDED
            ):
                continue
            self._bloc(key, (known.name, *known.aliases))

    def _bloc(self, key: str, names: tuple[str, ...]) -> None:
        """Its names; of "Baltic states" also "Baltic", which needs a noun of government after it."""
        for text in names:
            self._add(text, Name(NameKind.BLOC, key, plural=True, cased=text[:1].isupper()))
            words = text.split()
            last = self._language.word(words[-1].lower(), fold(words[-1]))
            if len(words) > 1 and last is not None and "group_noun" in last.classes:
                self._add(words[-2], Name(NameKind.BLOC, key, plural=True, vague=True))

    def _body(self, contest: Contest) -> None:
        for text in (contest.body.name, *contest.body.aliases):
            self._add(text, Name(NameKind.BODY, contest.body.id, cased=text[:1].isupper()))
        for text in (contest.post, *contest.key_terms):
            self._add(text, Name(NameKind.POST, contest.id, cased=False))
        for text in contest.places:
            self._add(text, Name(NameKind.PLACE, text))
        held = next((c for c in contest.candidates if fold(c.name) == fold(contest.incumbent)), None)
        if held is not None and held.status not in (CandidateStatus.MENTIONED, CandidateStatus.DECLINED):
            for text in self._language.incumbent:
                self._add(text, Name(NameKind.CANDIDATE, held.id, cased=False))
        if contest.incumbent:
            self._add(contest.incumbent, Name(NameKind.INCUMBENT, contest.incumbent))
            for short in _surnames(contest.incumbent, self._clitics):
                self._add(short, Name(NameKind.INCUMBENT, contest.incumbent, short=True))

    def _table(self) -> dict[str, tuple[Entry, ...]]:
        table: dict[str, list[Entry]] = defaultdict(list)
        for parts, readings in self._names.items():
            table[parts[0]].append((parts, _plainest(tuple(readings.values()))))
        return {first: tuple(sorted(group, key=lambda e: -len(e[0]))) for first, group in table.items()}

    def _telling(self, contest: Contest) -> frozenset[str]:
        """A word of each name that makes an item worth reading, as it stands in lower-case text."""
        homes = {c.nationality for c in contest.candidates if c.nationality}
        kinds = (NameKind.CANDIDATE, NameKind.BODY, NameKind.POST)
        home_kinds = (NameKind.ADJECTIVE, NameKind.PEOPLE)
        telling = ("favourite", "contest", "nominee") if self.people else ("favourite", "contest")
        found = {
            word for word, known in self._language.words.items() if not known.classes.isdisjoint(telling)
        }
        for parts, readings in self._names.items():
            if any(n.kind in kinds or (n.kind in home_kinds and n.id in homes) for n in readings.values()):
                words = [w for w in _WORDS.findall(" ".join(parts)) if w]
                if words:
                    found.add(max(words, key=len))
        return frozenset(found)

    def _variants(self) -> Mapping[str, tuple[tuple[str, tuple[Name, ...]], ...]]:
        """Surnames of candidates and speakers, by themselves and by each of their one-letter deletions."""
        found: dict[str, list[tuple[str, tuple[Name, ...]]]] = defaultdict(list)
        for parts, readings in self._names.items():
            names = tuple(
                n
                for n in readings.values()
                if n.kind in (NameKind.CANDIDATE, NameKind.SPEAKER) and not n.vague
            )
            longest = _SHORTEST_MISSPELT if any(n.kind is NameKind.CANDIDATE for n in names) else 7
            if len(parts) == 1 and len(parts[0]) >= longest and names:
                for form in _deletions(parts[0]):
                    found[form].append((parts[0], names))
        return {form: tuple(entries) for form, entries in found.items()}


def _lands(contest: Contest, code: str) -> Mapping[str, frozenset[str]]:
    """Candidates with a country's name for a family name: the words that tell that the country is meant."""
    found: dict[str, frozenset[str]] = {}
    countries = {fold(one.name): key for key, one in COUNTRIES.items()}
    for candidate in contest.candidates:
        key = countries.get(fold(candidate.name.rpartition(" ")[2]))
        if key is not None:
            kinds = (FormKind.CAPITAL, FormKind.ADJECTIVE, FormKind.PERSON)
            texts = (text for kind in kinds for text in COUNTRIES[key].texts(kind, code))
            found[candidate.id] = frozenset(fold(text) for text in texts)
    return found


_KINDS = {
    FormKind.NAME: NameKind.NAME,
    FormKind.ADJECTIVE: NameKind.ADJECTIVE,
    FormKind.PERSON: NameKind.PEOPLE,
    FormKind.CAPITAL: NameKind.CAPITAL,
    FormKind.SEAT: NameKind.SEAT,
}


def _parts(name: str) -> Iterator[str]:
    """A person of many names is called by one of them and the last ("Elisabetta Casellati")."""
    words = name.split()
    if len(words) > 2:
        for word in words[:-1]:
            if len(word) > 2 and fold(word) not in _PARTICLES:
                yield f"{word} {words[-1]}"


def _surnames(name: str, clitics: Clitics) -> Iterator[str]:
    """The family name, with and without its particles: "van der Berg", "Berg"."""
    words = name.split()
    if len(words) < 2:
        return
    at = len(words) - 1
    if len(words[at]) > 2:
        yield words[at]
    start = at
    while start > 1 and fold(words[start - 1]) in _PARTICLES:
        start -= 1
    if start < at:
        yield " ".join(words[start:])


def _plainest(readings: tuple[Name, ...]) -> tuple[Name, ...]:
    """Without persons whose surname is the name of a state or capital here: that is what is meant."""
    places = {n.id for n in readings if n.kind in (NameKind.NAME, NameKind.CAPITAL)}
    kept = tuple(
        n for n in readings if not (places and n.short and n.speaker is not None and n.id not in places)
    )
    return kept or readings


def _deletions(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_apart(name: str, word: str) -> bool:
    """One letter more, less, other, or two neighbours exchanged; in short names only a doubled letter."""
    if name == word or abs(len(name) - len(word)) > 1:
        return False
    if len(name) <= _SHORTEST_MISSPELT:
        shorter, longer = sorted((name, word), key=len)
        return len(shorter) < len(longer) and any(
            longer[i] == longer[i - 1] and longer[:i] + longer[i + 1 :] == shorter
            for i in range(1, len(longer))
        )
    if len(name) == len(word):
        differ = [i for i in range(len(name)) if name[i] != word[i]]
        return len(differ) == 1 or (
            len(differ) == 2
            and differ[1] == differ[0] + 1
            and name[differ[0]] == word[differ[1]]
            and name[differ[1]] == word[differ[0]]
        )
    shorter, longer = sorted((name, word), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))


def standing(candidates: Iterable[Candidate], day: date) -> list[Candidate]:
    """Candidates not known to have withdrawn or declined by that day."""
    return [c for c in candidates if c.withdrawn is None or c.withdrawn >= day]
