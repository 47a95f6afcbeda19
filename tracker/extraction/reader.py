"""The reader: an item in, a reading out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.claims import Claim, Evidence, NonClaim, Reading
from tracker.contests import Candidate, Contest
from tracker.extraction import boilerplate, candidacies, counts, liveblog, praise, predicates
from tracker.extraction.attribution import Source
from tracker.extraction.compounds import parted
from tracker.extraction.discourse import Discourse
from tracker.extraction.drafts import Draft, Refusal
from tracker.extraction.frames import Frames, Said
from tracker.extraction.gazetteer import Gazetteer, NameKind
from tracker.extraction.lexicon import Language, codes, language
from tracker.extraction.resolution import resolve
from tracker.extraction.roster import Roster
from tracker.extraction.sentences import Sentence, prepare
from tracker.extraction.text import Text
from tracker.extraction.text import read as read_text
from tracker.extraction.tokens import Token, fold, lower, sentences, tokenise
from tracker.extraction.topics import names_post
from tracker.extraction.units import Kind, Unit
from tracker.extraction.version import extractor
from tracker.items import FIELDS, Field, Item
from tracker.stances import CandidateId, ElectorId

if TYPE_CHECKING:
    from tracker.extraction.explanation import Explanation
    from tracker.extraction.misses import Stranger, Unread

_PLACES = (NameKind.NAME, NameKind.ADJECTIVE, NameKind.CAPITAL)
_OF_THE_RACE = (NameKind.POST, NameKind.BODY, NameKind.INCUMBENT)
MOST_SENTENCES = 4000
_RACE = frozenset(["ballot", "contest", "nominee"])


class Reader:
    """Reads items for one contest; the names are compiled once for each language met."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.extractor = extractor(contest)
        self._gazetteers: dict[str, Gazetteer] = {}
        self._rosters: dict[date, Roster] = {}

    def read(self, item: Item) -> Reading:
        """See `tracker.extraction.extract`."""
        opened = self._opened(item)
        return opened if isinstance(opened, Reading) else opened.reading()

    def explain(self, item: Item) -> Explanation:
        """How it is read, sentence by sentence; what came of each, and why not more."""
        from tracker.extraction.explanation import Explanation, explained

        opened = self._opened(item)
        code = self._code(item)
        if isinstance(opened, Reading):
            reason = "it names no candidate, nor the post or the body"
            return Explanation(reading=opened, language=code, dismissed=reason)
        reading = opened.reading()
        if not opened.frames:
            return Explanation(reading=reading, language=code, dismissed="it has no sentence, or is satire")
        return explained(reading, code, opened.frames, opened.drafts())

    def misses(self, item: Item) -> tuple[tuple[Unread, ...], tuple[Stranger, ...]]:
        """What may be a claim and was not read, and office holders that the roster lacks, in text order."""
        from tracker.extraction.misses import strangers, unread

        opened = self._opened(item)
        if isinstance(opened, Reading):
            return (), ()
        claimed = frozenset((claim.elector, claim.candidate) for claim in opened.reading().claims)
        return (
            tuple(miss for frames in opened.frames for miss in unread(frames, claimed)),
            tuple(one for frames in opened.frames for one in strangers(frames)),
        )

    def _opened(self, item: Item) -> Reading | _Item:
        """The item made ready to be read; its reading, and an empty one, when it is no concern of ours."""
        tongue = language(self._code(item))
        names = self._names(tongue)
        empty = Reading(item=item.id, contest=self.contest.id, extractor=self.extractor)
        if not self._concerned(item, names):
            return empty
        day = item.published_at.date()
        if day not in self._rosters:
            if len(self._rosters) > 4000:
                self._rosters.clear()
            self._rosters[day] = Roster(self.contest, day)
        return _Item(item, empty, tongue, names, self._rosters[day])

    def _names(self, tongue: Language) -> Gazetteer:
        if tongue.code not in self._gazetteers:
            self._gazetteers[tongue.code] = Gazetteer(self.contest, tongue)
        return self._gazetteers[tongue.code]

    def _code(self, item: Item) -> str:
        code = item.lang.lower().split("-")[0]
        if code in codes():
            return code
        if code:
            return "en"
        words = set(lower(f"{item.title} {item.summary} {item.body[:2000]}").split())
        return max(codes(), key=lambda c: (len(words & language(c).stop_words), c == "en"))

    def _concerned(self, item: Item, names: Gazetteer) -> bool:
        """Whether a candidate may be named or meant: a cheap test that never misses one."""
        return names.concerns(item.title) or names.concerns(item.summary) or names.concerns(item.body)


class _Item:
    def __init__(
        self, item: Item, empty: Reading, tongue: Language, names: Gazetteer, roster: Roster
    ) -> None:
        self.item = item
        self.empty = empty
        self.language = tongue
        self.names = names
        self.roster = roster
        self.texts: dict[Field, Text] = {}
        self.frames: list[Frames] = []

    def reading(self) -> Reading:
        prepared = list(self._sentences())
        if any("satire" in u.classes for s in prepared for u in s.units):
            return self.empty
        discourse = Discourse(self.roster)
        discourse.item_candidates = tuple(
            dict.fromkeys(
                c for s in prepared for u in s.units if u.kind is Kind.CANDIDATE for c in u.candidates
            )
        )
        discourse.lede = _lede(prepared)
        discourse.racing = any(self.roster.declared(c) for c in discourse.item_candidates) or any(
            names_post(s) or any(self._race_word(u) for u in s.units) for s in prepared
        )
        discourse.leaving = self.roster.by_people and any(
            "exit" in u.classes for s in prepared for u in s.units
        )
        self._favourites(prepared, discourse)
        discourse.voice = self._voice(prepared)
        discourse.opinion = any(map(_labelled_opinion, prepared))
        discourse.of_post = any(map(_of_post, prepared)) or not any(map(_other_topic, prepared))
        drafts: list[Draft] = []
        refusals: list[Refusal] = []
        said: Said | None = None
        lede_done: set[Field] = set()
        found_praise = []
        found_counts = []
        found_steps = []
        for sentence in prepared:
            lede = sentence.title or (sentence.field not in lede_done and sentence.number < 3)
            lede_done.add(sentence.field)
            last = discourse.sentences[-1] if discourse.sentences else None
            if last is None or (last.field != sentence.field and not last.title):
                said = None
            discourse.sentences.append(sentence)
            frames = Frames(sentence, discourse, lede, before=said)
            predicates.read(frames)
            self.frames.append(frames)
            drafts.extend(frames.drafts)
            refusals.extend(frames.refusals)
            said = frames.last
            found_praise.extend(praise.read(frames))
            found_counts.extend(counts.read(frames, drafts))
            found_steps.extend(candidacies.read(frames))
        ordered = liveblog.in_order(drafts, prepared)
        kept, guesses = resolve(ordered, found_praise, one_vote=self.roster.by_people)
        return replace(
            self.empty,
            claims=tuple(self._claim(d) for d in kept),
            guesses=tuple(self._claim(d) for d in guesses),
            counts=tuple(counts.finish(found_counts, self._evidence)),
            candidacies=tuple(candidacies.finish(found_steps, self._evidence)),
            rejected=tuple(self._non_claim(r) for r in refusals),
        )

    def drafts(self) -> list[tuple[Draft, Claim]]:
        """Every draft of the sentences read, as it stands in its sentence, and as a claim."""
        return [(draft, self._claim(draft)) for frames in self.frames for draft in frames.drafts]

    def _favourites(self, prepared: list[Sentence], discourse: Discourse) -> None:
        """ "The front-runner" is the one candidate the item names, else the first declared of the race."""
        self._designates(prepared, discourse)
        units = [u for s in prepared for u in s.units if not u.kind and "favourite" in u.classes]
        if not units:
            return
        named = discourse.all_candidates()
        one = discourse.only() if named else self.roster.favourite()
        if one is None and len(named) > 1 and not self.roster.by_people:
            favourite = self.roster.favourite()
            one = favourite if favourite in named else None
        if one is None:
            return
        for unit in units:
            unit.kind, unit.candidates = Kind.CANDIDATE, (one,)
        if not named:
            discourse.item_candidates = (one,)

    def _race_word(self, unit: Unit) -> bool:
        """A vote, a candidate or the post's own word ("president"), when it names nobody."""
        if unit.kind in (Kind.CANDIDATE, Kind.ELECTOR):
            return False
        last = unit.word.rpartition(" ")[2]
        return bool(unit.classes & _RACE) or self.roster.own_post(unit) or last in self.roster.post_head

    def _designates(self, prepared: list[Sentence], discourse: Discourse) -> None:
        """ "The nominee", where parties nominate: the one candidate of the title, else of the item."""
        if not self.roster.by_people:
            return
        for unit in (u for s in prepared for u in s.units if not u.kind and "the_name" in u.classes):
            unit.classes |= {"him"}  # "could live with the choice"
        titled = {
            c for s in prepared if s.title for u in s.units if u.kind is Kind.CANDIDATE for c in u.candidates
        }
        one = titled.pop() if len(titled) == 1 else discourse.only()
        for unit in (u for s in prepared for u in s.units if not u.kind and "designate" in u.classes):
            if one is not None:
                unit.kind, unit.candidates, unit.dual = Kind.CANDIDATE, (one,), self.roster.dual(one)

    def _voice(self, prepared: list[Sentence]) -> tuple[str, ...]:
        """The elector whose own statement the item is: an official feed's, or a title's source."""
        if self.item.elector and self.item.elector in self.roster.electors:
            return (self.item.elector,)
        if own := self._publisher():
            return (own,)
        for sentence in prepared:
            if sentence.title:
                for unit in sentence.units:
                    if unit.kind is Kind.ELECTOR and "release" in unit.classes:
                        return unit.electors
                label = self.roster.by_person and len(sentence.units) > 1 and sentence.units[1].word == ":"
                if label and sentence.units[0].kind is Kind.ELECTOR:
                    return sentence.units[0].electors  # a piece of its own: "X MP: why I ..."
        return ()

    def _publisher(self) -> str:
        """The elector whose government the source's name says it is ("Government Offices of Sweden")."""
        tokens = tokenise(self.item.source, 0, len(self.item.source), self.language.clitics)
        words = [self.language.words.get(token.lower) for token in tokens]
        if not any(word is not None and "voice" in word.classes for word in words):
            return ""
        hits = [hit for i in range(len(tokens)) if (hit := self.names.match(tokens, i)) is not None]
        found = {n.id for hit in hits for n in hit[1] if n.kind in _PLACES and n.id in self.roster.electors}
        return found.pop() if len(found) == 1 else ""

    def _sentences(self) -> Iterator[Sentence]:
        number = 0
        tokenised: list[tuple[Field, int, list[list[Token]]]] = []
        for name in FIELDS:
            raw = self.item.text(name)
            if not raw:
                continue
            text = self.texts[name] = read_text(raw)
            links = False
            for paragraph, (start, end) in enumerate(text.paragraphs):
                told = tokenise(text.shown, start, end, self.language.clitics)
                tokens = boilerplate.trimmed(told, self.language, name)
                if boilerplate.listed(told, after=links):
                    continue  # the next is still one of them
                links = boilerplate.heads_links(told, tokens)
                tokens = parted(tokens, self.language, self.names)
                if tokens:
                    spans = (
                        [(0, len(tokens))]
                        if name == "title"
                        else sentences(tokens, self.language.abbreviations)
                    )
                    tokenised.append((name, paragraph, [tokens[a:b] for a, b in spans]))
        persons = self.roster.persons
        persons.full, persons.named = self._named(tokenised)
        persons.void = self._void(tokenised, persons.full)
        open_quote = False
        for name, paragraph, parts in tokenised:
            open_quote = False
            for tokens in parts:
                number += 1
                if number > MOST_SENTENCES:
                    return
                sentence, open_quote = prepare(
                    tokens,
                    field_name=name,
                    number=number,
                    paragraph=paragraph,
                    text=self.texts[name],
                    language=self.language,
                    names=self.names,
                    roster=self.roster,
                    open_quote=open_quote,
                )
                if sentence is not None:
                    yield sentence

    def _named(
        self, tokenised: list[tuple[Field, int, list[list[Token]]]]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Persons whose full name the item gives (ids, and folded names of speakers), and all it names."""
        full: set[str] = set()
        short: set[str] = set()
        for _, _, parts in tokenised:
            for tokens in parts:
                for i, token in enumerate(tokens):
                    if not token.capital:
                        continue
                    hit = self.names.match(tokens, i)
                    if hit is None:
                        continue
                    for name in hit[1]:
                        if name.kind in (NameKind.CANDIDATE, NameKind.PERSON):
                            (short if name.short or hit[0] == 1 else full).add(name.id)
                        elif hit[0] > 1 and name.speaker is not None:
                            full.add(fold(name.speaker.name))
        return frozenset(full), frozenset(full | short)

    def _void(
        self, tokenised: list[tuple[Field, int, list[list[Token]]]], full: frozenset[str]
    ) -> frozenset[str]:
        """Candidates whose family name means a country here: its capital or people are spoken of, or, of
        one that is no state ("Scotland"), nothing of the race is: no post, no body, nobody in full.
        """
        if not full and not self._on_topic(tokenised):
            lands = {t.lower for _, _, parts in tokenised for tokens in parts for t in tokens if t.capital}
            told = {w for w in lands if (word := self.language.words.get(w)) and "place" in word.classes}
            if told:
                return frozenset(c.id for c in self.roster.contest.candidates if told & set(_short(c)))
        if not self.names.lands:
            return frozenset()
        words = {token.fold for _, _, parts in tokenised for tokens in parts for token in tokens}
        return frozenset(c for c, told in self.names.lands.items() if c not in full and words & told)

    def _on_topic(self, tokenised: list[tuple[Field, int, list[list[Token]]]]) -> bool:
        """The item names the post, the organisation or whoever holds the post."""
        for _, _, parts in tokenised:
            for tokens in parts:
                for i, token in enumerate(tokens):
                    hit = self.names.match(tokens, i) if token.capital or i == 0 else None
                    if hit is not None and any(n.kind in _OF_THE_RACE and not n.short for n in hit[1]):
                        return True
        return False

    # -- records --------------------------------------------------------------------------------

    def _evidence(self, name: Field, start: int, end: int, sentence: tuple[int, int]) -> Evidence:
        text = self.texts[name]
        low, high = text.raw(start, end)
        return Evidence(
            field=name,
            start=low,
            end=high,
            text=text.shown[start:end],
            sentence=text.shown[sentence[0] : sentence[1]],
        )

    def _claim(self, draft: Draft) -> Claim:
        return Claim(
            elector=ElectorId(draft.elector),
            candidate=CandidateId(draft.candidate),
            stance=draft.stance,
            certainty=draft.certainty,
            time=draft.time,
            voice=draft.voice,
            speaker=_cited(draft.source),
            evidence=self._evidence(draft.field, draft.start, draft.end, draft.sentence),
            rule=draft.rule,
            confidence=draft.confidence,
            silence=draft.silence,
            condition=draft.condition,
            via=draft.via,
        )

    def _non_claim(self, refusal: Refusal) -> NonClaim:
        return NonClaim(
            cue=refusal.cue,
            reason=refusal.reason,
            evidence=self._evidence(refusal.field, refusal.start, refusal.end, refusal.sentence),
            elector=ElectorId(refusal.elector) if refusal.elector else None,
            candidate=CandidateId(refusal.candidate) if refusal.candidate else None,
        )


def _of_post(sentence: Sentence) -> bool:
    words = ("race", "role", "contest", "favourite")
    return names_post(sentence) or any(u.race or not u.classes.isdisjoint(words) for u in sentence.units)


def _other_topic(sentence: Sentence) -> bool:
    return sentence.field != "body" and any("topic" in u.classes for u in sentence.units if not u.kind)


def _labelled_opinion(sentence: Sentence) -> bool:
    """ "Kommentar: ...", "Tribune. ...": a label before the headline or the summary."""
    units = sentence.units
    labelled = sentence.title or sentence.field == "summary"
    return labelled and any(
        "opinion" in unit.classes and not unit.kind and units[i + 1].word in {":", ".", "|", "-", "–", "—"}
        for i, unit in enumerate(units[:-1][:2])
    )


def _short(candidate: Candidate) -> tuple[str, ...]:
    return tuple(lower(alias) for alias in candidate.aliases if " " not in alias)


def _lede(prepared: list[Sentence]) -> tuple[str, ...]:
    """The candidates of the title and of the first sentence after it."""
    first = next((n for n, s in enumerate(prepared) if not s.title), len(prepared))
    opening = [s for s in prepared if s.title] + prepared[first : first + 1]
    return tuple(
        dict.fromkeys(c for s in opening for u in s.units if u.kind is Kind.CANDIDATE for c in u.candidates)
    )


def _cited(source: Source | None) -> str:
    return source.text if source else ""
