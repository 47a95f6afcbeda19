"""Frames: predicates found in a sentence, their roles filled, their scope read. The heart of the grammar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from tracker.contests import Gender
from tracker.extraction import bags, ballots, ellipsis, gaps, nominal, possession, rows
from tracker.extraction.arguments import Subject, overt, pronoun, subject, target
from tracker.extraction.attribution import Report, Source, reports, weigh
from tracker.extraction.clauses import conditional
from tracker.extraction.discourse import Discourse
from tracker.extraction.drafts import Draft, Refusal
from tracker.extraction.labels import labelled
from tracker.extraction.lexicon import Predicate
from tracker.extraction.negation import around
from tracker.extraction.patterns import Found, find, present
from tracker.extraction.scope import Reading, apply, chain
from tracker.extraction.sentences import Sentence
from tracker.extraction.topics import (
    elsewhere,
    foreign_object,
    names_post,
    other_contest,
    other_matter,
    other_time,
)
from tracker.extraction.units import HARD, MARKS, Head, Kind, Unit
from tracker.stances import Certainty, ClaimTime, Stance, Voice

_NEGATIONS = frozenset(["neg", "absent", "refuse", "unsure", "hesitate"])
_OPENERS = ("det", "poss", "he", "it", "they", "we", "that", "number", "all")
_OF_HIS = "its object is something else of the candidate's"
_ELSEWHERE = frozenset(
    [
        _OF_HIS,
        "toward something else",
        "its subject is no candidate",
        "not said of this post",
        "words of another matter",
    ]
)
_FAR = 24
"""Units that an aside between two agents of one passive may take up."""
Said = tuple[Predicate, Reading, tuple[str, ...], Subject | None]
"""A predicate, its reading, its candidates, its subject: what an ellipsis points back to."""


@dataclass(slots=True)
class Frames:
    """Reads one sentence; `drafts` and `refusals` grow in text order."""

    sentence: Sentence
    discourse: Discourse
    lede: bool
    drafts: list[Draft] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    said: list[Report] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    last: Said | None = None
    told: list[tuple[int, Said]] = field(default_factory=list)
    before: Said | None = None
    effects: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    held: Set[str] = frozenset()

    def run(self) -> None:
        """Read the sentence."""
        self.said = reports(self.sentence, self.discourse)
        for report in self.said:
            if report.source.electors:
                self.discourse.speakers.append(report.source.electors)
            elif report.source.kind is Kind.OUTSIDER:
                self.discourse.speakers.append(())
        self.discourse.said = [
            (r.first, r.last, r.verb, r.unit) for r in self.said if r.unit is not None and r.source.electors
        ]
        self.discourse.here = [(r.first, r.last, r.source.electors) for r in self.said if r.source.electors]
        units = self.sentence.units
        if not self.said and any(
            "say" in u.classes and not u.kind and not q
            for u, q in zip(units, self.sentence.quoted, strict=True)
        ):
            self.discourse.speakers.append(())  # somebody is cited, and we cannot tell who
        if self.said:
            self.discourse.cited = self.said[-1].source
        for start, found, predicate in self._matches():
            self._predicate(start, found, predicate)
        if self.sentence.language.bags:
            bags.read(self)
        ballots.read(self)
        nominal.read(self)
        possession.read(self)
        rows.read(self)
        if self.drafts:
            self.discourse.claimed = True
        elif not names_post(self.sentence) or not self.sentence.title:
            reasons = {r.reason for r in self.refusals} & _ELSEWHERE
            elsewhere = bool(reasons if self.sentence.title else reasons - {"toward something else"})
            self.discourse.astray = self.discourse.astray or (elsewhere and not self.discourse.claimed)
        ellipsis.read(self)
        gaps.read(self)

    def _matches(self) -> list[tuple[int, Found, Predicate]]:
        """Predicates in text order; of those that share words, the longest."""
        sentence = self.sentence
        index = sentence.language.predicates
        hits: list[tuple[int, Found, Predicate]] = []
        self.held = held = present(sentence.units)
        for i in range(len(sentence.units)):
            for found, predicate in find(index, sentence.units, i, held):
                hits.append((i, found, predicate))
        hits = [
            hit
            for hit in hits
            if hit[2].stance is not None
            or not hit[2].denied
            or (self._denied(hit[0]) or self._chosen(hit[1].end) >= 0)
        ]
        if not self.discourse.roster.by_people:
            hits = [hit for hit in hits if not hit[2].persons]
        hits.sort(key=lambda hit: (hit[0] - hit[1].end, hit[0]))
        kept = []
        used: set[int] = set()
        for start, found, predicate in hits:
            slots = {found.candidate, found.elector, found.left}
            words = {k for k in range(start, found.end) if k not in slots}
            if words & used:
                continue
            used |= words
            self.taken |= words
            kept.append((start, found, predicate))
        return sorted(kept, key=lambda hit: hit[0])

    def _denied(self, start: int) -> bool:
        """A negation stands before a predicate that means something only when it is denied."""
        links = chain(self.sentence, start)
        if _NEGATIONS & set(links.effects):
            return True
        return any("neither" in u.classes for u in self.sentence.units[max(links.start - 3, 0) : links.start])

    # -- one predicate --------------------------------------------------------------------------

    def refuse(
        self, start: int, stop: int, reason: str, elector: str | None = None, candidate: str | None = None
    ) -> None:
        s = self.sentence
        low, high = s.span(start, max(stop - 1, start))
        self.refusals.append(
            Refusal(
                cue=s.shown(low, high),
                reason=reason,
                field=s.field,
                start=low,
                end=high,
                sentence=s.bounds,
                elector=elector,
                candidate=candidate,
            )
        )

    def _predicate(self, start: int, found: Found, predicate: Predicate) -> None:
        s = self.sentence
        if predicate.echo:
            self._echoed(start, found, predicate)
            return
        self.left = s.units[found.left].candidates if found.left >= 0 else ()
        if predicate.stance is None and not predicate.denied:
            self.refuse(start, found.end, "words of another matter")
            return
        if predicate.left == "C":
            self._swapped(start, found, predicate)
            return
        if predicate.left in ("S", "R"):
            self._spoken(start, found, predicate)
            return
        links = chain(s, start, noun=predicate.copula and "prep" not in s.units[start].classes)
        effects = links.effects
        who: Subject | None
        label: Subject | None = None
        if found.elector >= 0:
            unit = s.units[found.elector]
            if predicate.left == "E" and s.language.drops and self._another(links.start, unit):
                self.refuse(start, found.end, "what is done to an elector")
                return
            who = Subject(unit.electors or unit.dual, (), unit, found.elector)
            if unit.kind in (Kind.VOICE, Kind.WORD) and not unit.electors:
                who = None if predicate.silence else self.voice(found.elector)
        elif predicate.left == "E":
            who = subject(s, links.start, self.discourse)
            if who is None and not predicate.copula and not s.units[start].lemmas:
                # "was the initial supporter of X": what qualifies a noun stands before it
                qualified = chain(s, start, noun=True)
                if "cop" in qualified.effects:
                    links, effects = qualified, qualified.effects
                    who = subject(s, links.start, self.discourse)
            if who is None and s.language.drops:
                who = self.dropped(links.start)
        else:
            who = None
        if (who is None or not who.electors) and predicate.left == "E":
            who = (
                self._listed(links.start, found.end)
                or self._spoken_for(links.start)
                or self._seated(links.start)
            )
            label = labelled(self, links.start) if who is None else None
            who = who or label
        if who is not None and not effects and self._exclaimed(start, who):
            self.refuse(start, found.end, "no verb of its own")
            return
        if who is None or not who.electors:
            self.refuse(start, found.end, "no elector before it")
            if self.last is None and predicate.stance is not None and found.candidate >= 0:
                objects = target(s, found.candidate, (), self.discourse, position=start)
                if objects:
                    self.last = (predicate, Reading(predicate.stance), objects, None)
                    self.told.append((start, self.last))
            return
        if who.negated and "neg" not in effects:
            effects = (*effects, "neg")
        who = self._joined_after(found.end, who)
        if who.shared and not effects:
            effects = self._carried_on(start)
        if any(effect == "over" for _, effect in s.operators.get(who.at, ())):
            effects = (*effects, "neg")  # "does not see how he can support X"
        if predicate.copula and "cop" not in effects:
            if self.last is not None and self.last[0].copula:
                effects = (*effects, *self.effects)
            elif (
                label is None
                and not (s.title and _headed(s, who.at, links.start))
                and not (start == 0 < who.at)
            ):
                self.refuse(start, found.end, "nothing says that it is so")
                return
        if self.asked(who.at, links.effects, links.start):
            self.refuse(start, found.end, "somebody wants it of the elector")
            return
        at = found.candidate if found.candidate >= 0 else links.clitic
        if found.candidate < 0 <= at and _resumed(s, who.at):
            self.refuse(start, found.end, "its pronoun stands for what the clause hangs on")
            return
        if found.candidate < 0 and at < 0 and not predicate.context:
            self.refuse(start, found.end, "no candidate after it")
            return
        self.claim(start, found.end, predicate, effects, links.start, who, at)

    def _echoed(self, start: int, found: Found, predicate: Predicate) -> None:
        """ "Portugal did likewise": what was said last is said of it too, or is denied of it."""
        s = self.sentence
        last = next((said for at, said in reversed(self.told) if at < start), self.before)
        if last is None:
            self.refuse(start, found.end, "nothing said before it")
            return
        links = chain(s, start)
        who = subject(s, links.start, self.discourse)
        if who is None and s.language.drops:
            who = self.dropped(links.start)
        if who is None or not who.electors:
            self.refuse(start, found.end, "no elector before it")
            return
        if found.elector >= 0:  # "joins Lithuania": both
            after = s.units[found.end] if found.end < len(s.units) else None
            if after is not None and after.word not in {",", *HARD}:
                self.refuse(start, found.end, "joins it in something else")
                return
            more = s.units[found.elector].electors
            who = replace(who, electors=tuple(dict.fromkeys((*who.electors, *more))))
        stance = predicate.stance or last[1].stance
        if "neg" in links.effects and "perfect" not in links.effects and "did" not in links.effects:
            stance = Stance.UNDECIDED  # "will not follow": what it will do instead is not said
            links = replace(links, effects=tuple(e for e in links.effects if e != "neg"))
        told = replace(predicate, stance=stance, echo=False)
        self.claim(start, found.end, told, links.effects, links.start, who, -1, last[2])

    def _another(self, start: int, after: Unit) -> bool:
        """The elector right before the verb is its subject, so that the one after it is none."""
        before = self.sentence.units[start - 1] if start else None
        return (
            before is not None
            and before.kind is Kind.ELECTOR
            and not before.possessed
            and not set(before.electors) & set(after.electors)
            and (start < 2 or self.sentence.units[start - 2].classes.isdisjoint(("prep", "of", "at", "by")))
        )

    def _swapped(self, start: int, found: Found, predicate: Predicate) -> None:
        """The candidate is the subject: "X has Berlin's vote", "X is backed by"."""
        s = self.sentence
        links = chain(s, start, noun=predicate.copula)
        if found.elector < 0:
            self.refuse(start, found.end, "no elector after it")
            return
        unit = s.units[found.elector]
        who = Subject(unit.electors or unit.dual, (), unit, found.elector)
        if unit.kind in (Kind.VOICE, Kind.WORD) and not unit.electors:
            voiced = self.voice(found.elector)
            if voiced is None:
                return
            who = voiced
        preps = {u.word for u in s.units[start : found.elector] if not u.kind and u.classes & {"prep", "by"}}
        by = s.units[found.elector - 1].classes & {"by"}
        more = self._agents(found.end, preps) if by or predicate.persons else ()
        if more:
            who = replace(who, electors=tuple(dict.fromkeys((*who.electors, *more))))
        first = subject(s, links.start, self.discourse)
        candidates: tuple[str, ...] = ()
        at = found.candidate
        low = links.start
        if at < 0 and first is not None and first.candidates:
            candidates = first.candidates
            low = min(low, first.at)
        elif (
            at < 0
            and first is not None
            and not first.candidates
            and not first.pronoun
            and first.unit.kind is not Kind.WORD
        ):
            self.refuse(start, found.end, "its subject is no candidate")
            return
        if at < 0 and not candidates and (first is None or not first.candidates):
            at = self.ahead(found.end)
        if first is not None and any(
            "neither" in u.classes for u in s.units[max(first.at - 2, 0) : first.at] if not u.kind
        ):
            links = replace(
                links, effects=(*links.effects, "neg")
            )  # "Neither X nor Y has been endorsed by Z"
        self.claim(start, found.end, predicate, links.effects, low, who, at, candidates)

    def _agents(self, stop: int, preps: set[str]) -> tuple[str, ...]:
        """ "Backed by X, who ..., and by Y", "points to one backer, X, and to two others, Y and Z"."""
        units = self.sentence.units
        found: list[str] = []
        for i in range(stop, min(stop + _FAR, len(units) - 2)):
            if units[i].word in HARD:
                break
            if "and" not in units[i].classes or units[i].kind or units[i + 1].word not in preps:
                continue
            k = next((k for k in range(i + 2, min(i + 6, len(units))) if units[k].kind), -1)
            if k >= 0 and units[k].kind is Kind.ELECTOR and not units[k].possessed:
                found.extend(units[k].electors)
        return tuple(found)

    def _seated(self, start: int) -> Subject | None:
        """ "À Ankara, on refuse": the capital where "one" does it."""
        units = self.sentence.units
        i = start - 1
        if i < 2 or units[i].kind or "impersonal" not in units[i].classes:
            return None
        i -= 1
        while i > 0 and (units[i].word == "," or (not units[i].kind and "adv" in units[i].classes)):
            i -= 1
        seat = units[i].kind is Kind.ELECTOR and units[i].head is Head.CAPITAL
        if not seat or i == 0 or "at" not in units[i - 1].classes:
            return None
        return Subject(units[i].electors, (), units[i], i)

    def _listed(self, start: int, stop: int) -> Subject | None:
        """ "Two capitals still say no: Budapest and Ankara": the names follow the colon."""
        s = self.sentence
        units = s.units
        before = [u for u in units[max(start - 4, 0) : start] if not u.kind]
        alone = not any(u.kind or u.word == ":" for u in units[:start])
        if not alone and not any(u.classes & {"number", "group_noun", "land"} for u in before):
            return None
        for i in range(stop, min(stop + 12, len(units) - 1)):
            if units[i].word in {":", "-", "–", "—", "--"}:
                after = units[i + 1]
                if (
                    after.kind is Kind.ELECTOR
                    and not after.possessed
                    and (i + 2 >= len(units) or units[i + 2].word in HARD)
                ):
                    return Subject(after.electors, (), after, i + 1)
                return None
            if "it" in units[i].classes and "and" in units[i - 1].classes and i + 2 < len(units):
                after = units[i + 2]
                if "cop" in units[i + 1].classes and after.kind is Kind.ELECTOR and not after.possessed:
                    return Subject(after.electors, (), after, i + 2)  # "..., and it is Budapest"
        return None

    def _carried_on(self, start: int) -> tuple[str, ...]:
        """ "Set to pull X and endorse Y": the second infinitive is under what governs the first."""
        s = self.sentence
        forms = {form for found in s.units[start].lemmas.values() for form in found}
        if forms != {"base"} or "and" not in s.units[start - 1].classes:
            return ()
        end = max((e for e in s.operators if e < start), default=-1)
        return chain(s, end).effects if end > 0 else ()

    def _joined_after(self, stop: int, who: Subject) -> Subject:
        """ "For Rutte, together with Berlin and Paris": those named after it are of the same mind."""
        units = self.sentence.units
        at = stop + (stop < len(units) and units[stop].word == ",")
        if at + 1 >= len(units) or units[at].kind or "jointly" not in units[at].classes:
            return who
        other = units[at + 1]
        if other.kind is not Kind.ELECTOR or other.possessed:
            return who
        return replace(who, electors=tuple(dict.fromkeys((*who.electors, *other.electors))))

    def _spoken_for(self, at: int) -> Subject | None:
        """ "The cabinet is behind him, the Finnish premier said": the cabinet of whoever says it."""
        units = self.sentence.units
        if not at or units[at - 1].kind is not Kind.VOICE or units[at - 1].possessed:
            return None
        source = self.source(at)
        electors = source.electors if source is not None else self.discourse.voice
        if not electors:
            return None
        unit = replace(units[at - 1], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
        return Subject(electors, (), unit, at - 1, pronoun=True)

    def _spoken(self, start: int, found: Found, predicate: Predicate) -> None:
        """The elector is whoever says it ("X is the right man, the minister said")."""
        s = self.sentence
        links = chain(s, start, noun=predicate.copula)
        first = subject(s, links.start, self.discourse)
        if predicate.left == "R":
            if first is not None and first.unit.kind is Kind.CANDIDATE and first.unit.dual:
                who = Subject(first.unit.dual, first.unit.candidates, first.unit, first.at)
                self.claim(
                    start, found.end, predicate, links.effects, links.start, who, -1, first.unit.candidates
                )
            return
        source = self.source(start)
        electors = source.electors if source else ()
        if source is not None and not electors and source.own:
            near = self.discourse.elector(s, start, person=False)
            electors = near.electors if near else ()
        if source is None:
            spoken = self.ours(start, found.end)
            electors = spoken.electors if spoken else ()
        if not electors:
            self.refuse(start, found.end, "nobody says it for an elector")
            return
        candidates = first.candidates if first is not None else ()
        at = found.candidate
        if at < 0 and not candidates:
            if first is not None and not first.pronoun:
                self.refuse(start, found.end, "its subject is no candidate")
                return
            if not (predicate.context or first is not None):
                self.refuse(start, found.end, "no candidate before it")
                return
        unit = replace(s.units[start], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
        low = first.at if first is not None and candidates and not first.pronoun else links.start
        self.claim(
            start,
            found.end,
            predicate,
            links.effects,
            low,
            Subject(electors, (), unit, start),
            at,
            candidates,
        )

    def ours(self, start: int, stop: int) -> Subject | None:
        """Whom "our" means: the source of these words, else the last one cited."""
        s = self.sentence
        units = s.units[start:stop]
        if not (any("our" in u.classes or "we" in u.classes for u in units) or s.quoted[start]):
            return None
        source = self.source(start, stop)
        electors = source.electors if source else ()
        if not electors:
            electors = self.discourse.speakers[-1] if self.discourse.speakers else self.discourse.voice
        if not electors:
            return None
        unit = replace(s.units[start], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
        return Subject(electors, (), unit, start, pronoun=True)

    def ahead(self, stop: int) -> int:
        """The candidate that a participle before a comma belongs to ("Backed by Zagreb, X lacks ...")."""
        units = self.sentence.units
        comma = next((i for i in range(stop, min(stop + 14, len(units))) if units[i].word == ","), -1)
        if comma < 0:
            return -1
        return next(
            (
                i
                for i in range(comma + 1, min(comma + 4, len(units)))
                if units[i].may_be_candidate and (units[i].kind or "nobody" not in units[i].classes)
            ),
            -1,
        )

    def voice(self, at: int) -> Subject | None:
        """The elector whose office, or "own government", stands at unit `at`."""
        if not self.sentence.units[at].kind:
            if "his" in self.sentence.units[at].classes:
                near = self.discourse.elector(self.sentence, at, person=True)
                ids = (near.electors or near.dual) if near is not None else ()
                if near is None or not ids:
                    return None
                return Subject(ids, (), replace(near, kind=Kind.ELECTOR, electors=ids), at, pronoun=True)
            found = pronoun(self.sentence, at, self.discourse)
            if found is None or not found.electors:
                return None
            unit = replace(
                self.sentence.units[at], kind=Kind.ELECTOR, electors=found.electors, head=Head.NAME
            )
            return Subject(found.electors, (), unit, at, pronoun=True)
        near = self.discourse.elector(self.sentence, at, person=False)
        if near is None:
            return None
        return Subject(
            near.electors,
            (),
            replace(self.sentence.units[at], kind=Kind.ELECTOR, electors=near.electors),
            at,
            pronoun=True,
        )

    def dropped(self, at: int) -> Subject | None:
        """The subject a language may leave out at unit `at`: the sentence's, else the last spoken of.

        Nobody, when the sentence's is somebody who speaks for no elector.
        """
        units = self.sentence.units
        if overt(units, at):
            return None
        for k in range(at - 1, -1, -1):
            unit = units[k]
            if unit.possessed or (
                k and not units[k - 1].classes.isdisjoint(("prep", "of", "at", "by", "link"))
            ):
                continue
            if unit.kind is Kind.UNNAMED and unit.electors:
                return Subject(unit.electors, (), unit, k, pronoun=True)  # "an Ankara source said it will"
            if unit.kind in (Kind.UNNAMED, Kind.OUTSIDER, Kind.OUTLET, Kind.BODY):
                return None
            if unit.kind is Kind.VOICE:
                return self.voice(k)
            if unit.kind is Kind.ELECTOR:
                return Subject(unit.electors, (), unit, k, pronoun=True)
        source = self.source(at)
        if source is not None and source.electors and self.sentence.quoted[at]:
            unit = replace(units[at], kind=Kind.ELECTOR, electors=source.electors, head=Head.OFFICE)
            return Subject(source.electors, (), unit, at, pronoun=True)
        near = self.discourse.elector(self.sentence, 0, person=False)
        if near is None:
            return None
        return Subject(near.electors, (), near, 0, pronoun=True)

    def asked(self, at: int, effects: Sequence[str], start: int) -> bool:
        """ "called on Warsaw to reject him": the elector is asked, and has done nothing."""
        units = self.sentence.units
        if "to" not in effects or any(
            not u.kind and "rel" in u.classes for u in units[max(at, 0) + 1 : start]
        ):
            return False
        return (
            at > 0
            and not units[at - 1].kind
            and not units[at - 1].classes.isdisjoint(("urge", "prep", "for"))
        )

    # -- claims ---------------------------------------------------------------------------------

    def claim(
        self,
        start: int,
        stop: int,
        predicate: Predicate,
        effects: Sequence[str],
        low: int,
        who: Subject,
        at: int,
        candidates: tuple[str, ...] = (),
    ) -> None:
        s = self.sentence
        effects = around(s.units, start, stop, effects)
        own = self.discourse.roster.national(who.electors[0]) if predicate.own else None
        if own is not None:
            candidates = (own,)
        elif predicate.own and not (
            at >= 0 and s.units[at].kind is Kind.CANDIDATE and len(s.units[at].candidates) == 1
        ):
            self.refuse(start, stop, "no candidate of its own", who.electors[0])
            return
        if predicate.everyone:
            candidates = self.discourse.all_candidates() or self.discourse.running()
            candidates = tuple(c for c in candidates if c not in who.unit.candidates)
        if (
            at < 0
            and predicate.context
            and not candidates
            and self._other_object(stop, everyone=predicate.everyone)
        ):
            self.refuse(start, stop, "it has an object of its own", who.electors[0])
            return
        main = predicate.stance in (None, Stance.UNDECIDED)
        if at < 0 and not candidates and main and self.discourse.roster.by_people and self._asks(stop):
            candidates = self._weighed(stop)
        candidates = candidates or target(s, at, who.electors, self.discourse, position=start, main=main)
        if not candidates and at < 0 and main:
            candidates = self._weighed(stop) or self.discourse.rivals(s)
        if not candidates and at < 0 and predicate.silence and s.title:
            candidates = self._awaited(who)
        if at < 0 and own is None and main and self._own(who, candidates):
            gone = all(self.discourse.roster.gone(c) for c in candidates)
            others = self.discourse.all_candidates() if gone else ()
            candidates = tuple(c for c in others if not self._own(who, (c,)))
            if not candidates:
                self.refuse(start, stop, "its own candidate, who is not meant", who.electors[0])
                return
        if not candidates:
            self.refuse(start, stop, "no candidate it could mean", who.electors[0])
            return
        if at < 0 and own is None and predicate.past and self._own(who, candidates):
            self.refuse(start, stop, "its own candidate, who is not meant", who.electors[0], candidates[0])
            return
        who = self._speaker_meant(start, who, candidates)
        if who.pronoun and self.discourse.roster.by_person and set(candidates) & set(who.electors):
            self.refuse(start, stop, "a candidate of itself", who.electors[0], candidates[0])
            return
        if (
            predicate.left != "R"
            and who.unit.kind is Kind.CANDIDATE
            and set(candidates) & set(who.unit.candidates)
        ):
            self.refuse(start, stop, "a candidate of itself", who.electors[0], candidates[0])
            return
        if who.pronoun and predicate.left != "R" and self.discourse.roster.by_people:
            own_votes = {e for c in candidates for e in self.discourse.roster.dual(c)}
            if own_votes & set(who.electors):
                self.refuse(start, stop, "a candidate of itself", who.electors[0], candidates[0])
                return
        object_class = s.units[at].classes if at >= 0 else frozenset()
        if at < 0 and predicate.context and s.language.drops and elsewhere(s, start, stop):
            self.refuse(start, stop, "toward something else", who.electors[0])
            return
        if at >= 0 and not (predicate.persons and start <= at + 1 < stop) and foreign_object(s, at):
            self.refuse(start, stop, _OF_HIS, who.electors[0], candidates[0])
            return
        if at < 0 and predicate.context and self._astray(start):
            self.refuse(start, stop, "said of another matter", who.electors[0], candidates[0])
            return
        if at < 0 and predicate.context and other_matter(s):
            self.refuse(start, stop, "said of another matter", who.electors[0], candidates[0])
            return
        if at < 0 and self._elsewhere(stop):
            self.refuse(start, stop, "toward something else", who.electors[0], candidates[0])
            return
        reason = self._barred(start)
        if reason:
            self.refuse(start, stop, reason, who.electors[0], candidates[0])
            return
        if at < 0 and self._sought_after(start, stop, candidates):
            self.refuse(start, stop, "somebody like this candidate", who.electors[0], candidates[0])
            return
        stance = predicate.stance
        if stance is None:
            reading: Reading | None = Reading(predicate.denied or Stance.UNDECIDED, silent=True)
            if not _NEGATIONS & set(effects):
                chosen = self._chosen(stop)
                if chosen < 0 or predicate.denied is not Stance.UNDECIDED:
                    self.refuse(start, stop, "a decision without its content", who.electors[0], candidates[0])
                    return
                reading, candidates, stop = Reading(Stance.SUPPORTS), s.units[chosen].candidates, chosen + 1
        else:
            effects = tuple(effects)
            if predicate.rival is not None:
                effects = tuple(effect for effect in effects if effect != "would")  # "would prefer X"
            if self._so_far(stop) and "neg" in effects:
                effects = ("yet", *effects)
            reading = apply(stance, effects) if "should" not in effects or self._resolved(start) else None
        if (
            reading is not None
            and stance is not None
            and predicate.denied
            and reading.stance is Stance.OPPOSES
        ):
            reading = replace(reading, stance=predicate.denied)
        if reading is not None and predicate.past and "deny" in effects:
            reading = None  # "denied dropping X for Y": what it holds instead is not said
        if reading is not None and self._rumoured(start):
            if reading.guess or reading.stance.polarity <= 0:
                self.refuse(start, stop, "a report that is denied", who.electors[0], candidates[0])
                return
            reading = Reading(Stance.UNDECIDED)  # labelling rules, section 4: a denial is no support
        if reading is None:
            self.refuse(start, stop, "its operators leave no claim", who.electors[0], candidates[0])
            return
        if "nobody" in object_class and stance is not None and stance.polarity < 0:
            self.refuse(
                start, stop, "blocks nobody, and so not this one either", who.electors[0], candidates[0]
            )
            return
        if "nobody" in object_class and not ("both" in object_class and reading.stance.polarity > 0):
            reading = replace(reading, stance=Stance.UNDECIDED, past=None)
        if who.excepted:
            if reading.stance.polarity <= 0:
                self.refuse(start, stop, "an exception to a refusal", who.electors[0], candidates[0])
                return
            reading = Reading(Stance.UNDECIDED)
        pairs = self._respectively(stop, who, candidates)
        many = (len(candidates) > 1 and len(who.electors) > 1) or len(candidates) > 2
        if many and not pairs and reading.stance is Stance.SUPPORTS and self.discourse.roster.by_person:
            self.refuse(start, stop, "who of them for whom is not told", who.electors[0], candidates[0])
            return
        for candidate in candidates:
            if pairs:
                who = pairs[candidate]
            if not self._in_reach(candidate):
                self.refuse(start, stop, "not said of this post", who.electors[0], candidate)
                continue
            self._emit(start, stop, predicate, reading, low, who, at, candidate, effects)
        self.last = (predicate, reading, candidates, who)
        self.told.append((start, self.last))
        self.effects = tuple(effects)

    def _own(self, who: Subject, candidates: Sequence[str]) -> bool:
        """One of the candidates is the elector's own."""
        known = self.discourse.roster.candidates
        return any(known[c].nationality in who.electors for c in candidates)

    def _speaker_meant(self, start: int, who: Subject, candidates: Sequence[str]) -> Subject:
        """ "X told Y that he was a no": a pronoun that would make Y back itself means whoever says it."""
        if not who.pronoun or not set(candidates) & {*who.unit.candidates, *who.electors}:
            return who
        source = self.source(start)
        theirs = source.electors if source is not None else ()
        if not theirs or set(theirs) & {*candidates, *who.electors}:
            return who
        unit = replace(who.unit, kind=Kind.ELECTOR, electors=theirs, dual=(), candidates=())
        return replace(who, electors=theirs, candidates=(), unit=unit)

    def _rumoured(self, start: int) -> bool:
        """ "Dismissed reports that it might switch", "called talk of its support speculation"."""
        units = self.sentence.units
        told = any("rumour" in u.classes for u in units[:start])
        return told and any("dismissal" in u.classes for u in units if not u.kind)

    def _sought_after(self, start: int, stop: int, candidates: Sequence[str]) -> bool:
        """ "Wanted a woman": no word against one who is."""
        wanted = any("woman" in u.classes for u in self.sentence.units[start:stop] if not u.kind)
        known = self.discourse.roster.candidates
        return wanted and any(known[c].gender is Gender.FEMALE for c in candidates)

    def _astray(self, start: int) -> bool:
        """Another matter was spoken of just before: what is left unsaid is about that."""
        low = self.sentence.units[start].start
        found = self.discourse.astray or any(
            r.reason in _ELSEWHERE and r.reason != _OF_HIS and r.start < low for r in self.refusals
        )
        return found and not names_post(self.sentence)

    def _elsewhere(self, stop: int) -> bool:
        """ "Lifted its veto on the aid": the noun before `stop` is toward what is no candidate."""
        units = self.sentence.units
        if stop >= len(units) or units[stop].kind or "toward" not in units[stop].classes:
            return False
        if units[stop - 1].kind or units[stop - 1].classes.isdisjoint(("pro", "contra", "doubt")):
            return False
        for unit in units[stop + 1 : stop + 4]:
            if (
                unit.kind
                or unit.may_be_candidate
                or not unit.classes.isdisjoint(("his", "role", "him", "it"))
            ):
                return False
            if not unit.skippable:
                return unit.word[:1].isalpha() and "time" not in unit.classes
        return False

    def _other_object(self, stop: int, *, everyone: bool) -> bool:
        """ "Voted against money for ...", "unimpressed with his successor": about something named there."""
        units = self.sentence.units
        if not self.discourse.roster.by_people or stop >= len(units):
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
        return units[i].word[:1].isalpha() and units[i].classes.isdisjoint(
            ("time", "adv", "role", "him", "it")
        )

    def _asks(self, stop: int) -> bool:
        """ "Would not say if ...": the question left open follows."""
        return not self.sentence.units[stop - 1].classes.isdisjoint(("if", "whether", "why"))

    def _respectively(self, stop: int, who: Subject, candidates: Sequence[str]) -> dict[str, Subject]:
        """ "X and Y voted for A and B respectively": who of them for whom; empty when it is not put so."""
        units = self.sentence.units
        said = any("respectively" in u.classes for u in units[max(stop - 1, 0) : stop + 3] if not u.kind)
        if not said or len(candidates) < 2 or len(candidates) != len(who.electors):
            return {}
        return {c: replace(who, electors=(e,)) for c, e in zip(candidates, who.electors, strict=True)}

    def _chosen(self, stop: int) -> int:
        """The candidate of "has made its choice: X", whose name closes the sentence, or -1."""
        units = self.sentence.units
        colon = next((i for i in range(stop, min(stop + 4, len(units))) if units[i].word == ":"), -1)
        if colon < 0:
            return -1
        i = colon + 1
        while i < len(units) and not units[i].kind and not units[i].classes.isdisjoint(("prep", "det")):
            i += 1
        if i >= len(units) or units[i].kind is not Kind.CANDIDATE or units[i].possessed:
            return -1
        return i if i + 1 >= len(units) or units[i + 1].word in HARD else -1

    def _awaited(self, who: Subject) -> tuple[str, ...]:
        """Whom all but the last few are for ("Now only Romania"): the one who is not of the last few."""
        named, roster = self.discourse.all_candidates(), self.discourse.roster
        ids = tuple(c for c in named if roster.candidates[c].nationality not in who.electors)
        return ids if len(ids) == 1 else ()

    def _weighed(self, stop: int) -> tuple[str, ...]:
        """The candidates of a question left open ("has not decided whether it will support X or Y")."""
        found: list[str] = []
        for unit in self.sentence.units[stop : stop + 14]:
            if unit.word in HARD or unit.word == ",":
                break
            if unit.kind is Kind.CANDIDATE and not unit.possessed:
                found.extend(unit.candidates)
        return tuple(dict.fromkeys(found))

    def _resolved(self, start: int) -> bool:
        """ "They resolved that Romania should back him": a decision, not a wish."""
        return any("resolve" in u.classes for u in self.sentence.units[:start] if not u.kind)

    def _so_far(self, stop: int) -> bool:
        units = self.sentence.units
        for unit in units[stop : stop + 4]:
            if unit.word in HARD or unit.word == ",":
                return False
            if "sofar" in unit.classes:
                return True
        return False

    def _barred(self, start: int) -> str:
        """Why nothing in this place can be a claim; empty when it can."""
        s = self.sentence
        if s.title and s.units and "why" in s.units[0].classes:
            return "a headline that asks"
        if s.title and self.discourse.opinion:
            return "the headline of an opinion"
        stop = next((u.word for u in s.units[start:] if u.word in HARD), "")
        if (s.question and not s.quoted[start]) or (stop.startswith("?") and not s.quoted[start]):
            return "a question"
        if other_time(s, self.discourse.roster, start):
            return "another year"
        if any("congratulate" in u.classes for t in (s, *self.discourse.titles()) for u in t.units):
            return "congratulations, when all is decided"
        if "mistaken" in self.held and any(
            "mistaken" in unit.classes and not unit.kind for unit in s.units[:start]
        ):
            return "told to be a mistake"
        for report in self.said:
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

    def _in_reach(self, candidate: str) -> bool:
        return not other_contest(self.sentence, candidate, self.discourse)

    def _condition(self, start: int) -> str:
        """The words of a condition in this sentence that the predicate depends on."""
        s = self.sentence
        aside = self._aside(start)
        for i, unit in enumerate(s.units if "if" in self.held else ()):
            if i and not s.units[i - 1].kind and "urge" in s.units[i - 1].classes:
                continue  # "asked if": a question, no condition
            if "if_clause" in unit.classes and not self._opens(i + 1):
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
        opened = conditional(s) if "if_opening" in self.held else None
        if opened is not None and not opened[0] <= start < opened[1]:
            return s.shown(*s.span(opened[0], opened[1] - 1))
        return ""

    def _would(self, start: int, reading: Reading, effects: Sequence[str]) -> bool:
        """ "Would back him" waits for something; "would not back him", "would not say" is said outright."""
        denied = "neg" in effects or "neg" in self.sentence.units[start].classes
        outright = reading.stance is Stance.UNDECIDED or (reading.stance.polarity < 0 and denied)
        return reading.would and not outright

    def _opens(self, i: int) -> bool:
        """A clause begins with the name, noun or pronoun at unit `i`."""
        units = self.sentence.units
        return i < len(units) and bool(units[i].kind or not units[i].classes.isdisjoint(_OPENERS))

    def _back_then(self, start: int) -> bool:
        """ "At that time, he said, we were for him": told of then, not of now."""
        return "back_then" in self.held and any(
            "back_then" in u.classes for u in self.sentence.units[:start] if not u.kind
        )

    def _told_of(self, start: int, predicate: Predicate, reading: Reading, effects: Sequence[str]) -> bool:
        """A person's state or silence, of which the narrator tells; an act or word would be the person's."""
        if not self.discourse.roster.by_person or self.sentence.quoted[start]:
            return False
        if self.sentence.title:
            return predicate.left == "-"
        silent = reading.silent and not {"will", "would", "refuse", "can"} & set(effects)
        return predicate.copula or predicate.left == "-" or silent

    def _before_exit(self, start: int, candidate: str) -> bool:
        """ "X, who backed Y, ...", told of a Y who has left."""
        forms = {form for found in self.sentence.units[start].lemmas.values() for form in found}
        return self.discourse.roster.gone(candidate) and "past" in forms and self._aside(start) is not None

    def _exclaimed(self, start: int, who: Subject) -> bool:
        """ "X, bless him, was for Y": a person is one, and the verb's form says that many do it."""
        forms = {form for found in self.sentence.units[start].lemmas.values() for form in found}
        one = who.unit.head is Head.PERSON and len(who.electors) == 1 and not who.pronoun
        return one and forms == {"base"} and self.discourse.roster.by_person and not self.sentence.title

    def _past(self, low: int, start: int, candidate: str) -> bool:
        """ "Was for X", said of one who has left the race."""
        roster = self.discourse.roster
        if not roster.by_people or roster.stands(candidate):
            return False
        return any("past" in u.lemmas.get("be", ()) for u in self.sentence.units[max(low, 0) : start])

    def _recalled(self, start: int, who: Subject, effects: Sequence[str]) -> bool:
        """ "We supported him when ...": the first person's plain past is over; a narrator's is news."""
        units = self.sentence.units
        if not 0 <= who.at < len(units) or "we" not in units[who.at].classes:
            return False
        forms = {form for found in units[start].lemmas.values() for form in found}
        return "past" in forms and not {"perfect", "cop", "did", "would", "will"} & set(effects)

    def _aside(self, start: int) -> tuple[int, int] | None:
        """The aside between commas that unit `start` stands in ("X, who is backed by Y, could ...")."""
        units = self.sentence.units
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

    def _emit(
        self,
        start: int,
        stop: int,
        predicate: Predicate,
        reading: Reading,
        low: int,
        who: Subject,
        at: int,
        candidate: str,
        effects: Sequence[str],
    ) -> None:
        s = self.sentence
        source = self.source(start, stop)
        condition = self._condition(start) if reading.stance.polarity > 0 or reading.guess else ""
        time = reading.time
        cited = source or self._carried(who)
        uncited = source is None
        if uncited and who.acts and not reading.would:
            source = Source(s.shown(*_extent(who)), Kind.ELECTOR, who.electors)
        if predicate.copula and time is ClaimTime.NOW and self._past(low, start, candidate):
            time = ClaimTime.HISTORICAL
        if time is ClaimTime.NOW and self.discourse.leaving and self._before_exit(start, candidate):
            time = ClaimTime.HISTORICAL
        people = self.discourse.roster.by_people
        if people and source is not None and source.guess and time is ClaimTime.NOW and "will" in effects:
            time = ClaimTime.FUTURE  # "predicts that X will give way": not yet
        if (condition and time in (ClaimTime.NOW, ClaimTime.FUTURE)) or (
            self._would(start, reading, effects) and cited is None and time is ClaimTime.NOW
        ):
            time = ClaimTime.CONDITIONAL
        elif reading.would and source is None and cited is not None:
            source = cited
        if (
            "had" in effects
            and "once" not in effects
            and source is not None
            and not uncited
            and reading.stance.polarity >= 0
            and not (predicate.copula and self.discourse.roster.by_people)
        ):
            time = (
                ClaimTime.NOW
            )  # "told reporters that X had found the right man": what has been done, told later
        places = [p for p in (low, start, stop - 1, at, who.at) if 0 <= p < len(s.units)]
        if who.shared or (who.pronoun and who.unit not in s.units):
            places = [p for p in places if p != who.at or not who.shared]
        begin, end = s.span(min(places), max(places))
        drafts = []
        for elector in who.electors:
            certainty, voice = weigh(elector, source, acts=who.acts)
            if who.acts and s.quoted[start] and source is not None and source.kind is Kind.OUTLET:
                # Its own words, in quotation marks: the outlet only passes them on.
                certainty, voice = Certainty.OFFICIAL, Voice.ELECTOR
            if uncited and reading.stance is Stance.UNDECIDED and who.unit.head is Head.OFFICE:
                # A body that keeps silent has said nothing: the narrator tells of it.
                certainty, voice = Certainty.REPORTED, Voice.OUTLET
            if uncited and self._told_of(start, predicate, reading, effects):
                certainty, voice = Certainty.REPORTED, Voice.OUTLET
            if (
                reading.guess
                or predicate.guess
                or (source is not None and source.guess and reading.stance.polarity)
            ):
                certainty = Certainty.SPECULATION
            if reading.expected and source is None:
                certainty = Certainty.SPECULATION
            if self.discourse.opinion and certainty is Certainty.SPECULATION:
                self.refuse(start, stop, "an author's guess", elector, candidate)
                continue
            if reading.expected and source is not None and certainty is not Certainty.SPECULATION:
                certainty = Certainty.ANONYMOUS if source.kind is Kind.UNNAMED else certainty
            confidence = predicate.confidence * (0.97 if who.pronoun else 1.0) * (0.97 if at < 0 else 1.0)
            if self._recalled(start, who, effects) or (
                self._back_then(start) and not {"perfect", "will", "would", "can"} & set(effects)
            ):
                time = ClaimTime.HISTORICAL
            draft = Draft(
                cited=not uncited,
                aside=self._aside(start) is not None,
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
                rule=predicate.id,
                confidence=round(confidence, 3),
                order=(s.number, start),
                lede=self.lede,
                silence=reading.stance is Stance.UNDECIDED
                and certainty is not Certainty.OFFICIAL
                and reading.past is None,
                condition=condition if time is ClaimTime.CONDITIONAL else "",
                via=who.unit.via,
                excepted=who.excepted,
            )
            if not (predicate.over and reading.stance is predicate.stance):
                drafts.append(draft)
            past = predicate.past or reading.past
            if past is not None and time is ClaimTime.NOW and not reading.guess:
                drafts.extend(
                    replace(
                        draft,
                        candidate=before,
                        stance=past,
                        time=ClaimTime.HISTORICAL,
                        certainty=Certainty.REPORTED,
                        silence=False,
                    )
                    for before in self.left or (candidate,)
                )
        self.drafts.extend(drafts)
        if predicate.rival is not None and at >= 0:
            self._rival(predicate, drafts, at, candidate)

    def _rival(self, predicate: Predicate, drafts: Iterable[Draft], at: int, candidate: str) -> None:
        """ "prefers A to B": a lean against B, or against the one other candidate the item names."""
        units = self.sentence.units
        other: str | None = None
        if at + 2 < len(units) and "versus" in units[at + 1].classes:
            found = next((u for u in units[at + 2 : at + 4] if u.may_be_candidate), None)
            if found is not None:
                ids = target(self.sentence, units.index(found), (), self.discourse, position=at)
                other = ids[0] if ids else None
        if other is None:
            others = [c for c in self.discourse.all_candidates() if c != candidate]
            other = others[0] if len(others) == 1 else None
        stance = predicate.rival
        if other is None or stance is None:
            return
        for draft in list(drafts):
            if draft.time is ClaimTime.NOW and draft.stance is Stance.SUPPORTS:
                self.drafts.append(
                    replace(draft, candidate=other, stance=stance, rule=predicate.id + ".rival")
                )

    # -- sources --------------------------------------------------------------------------------

    def source(self, at: int, stop: int = 0) -> Source | None:
        """The innermost source whose words cover unit `at`; the predicate's own verb cites nobody."""
        best: Report | None = None
        for report in self.said:
            if (
                report.first <= at <= report.last
                and not at <= report.verb < max(stop, at + 1)
                and (best is None or report.first >= best.first)
            ):
                best = report
        if best is not None:
            for report in self.said:
                outer = report.source.kind is Kind.UNNAMED and not report.source.guess
                if outer and report.first <= at <= report.last and best.source.kind is Kind.ELECTOR:
                    return report.source  # "Ankara told its allies ..., a Turkish official said"
            return best.source
        if self.sentence.quoted[at] and self.discourse.speakers:
            return Source("", Kind.ELECTOR, self.discourse.speakers[-1])
        return None

    def _carried(self, who: Subject) -> Source | None:
        """Indirect speech goes on from the sentence before, while the same elector is spoken of."""
        for ids in self.discourse.speakers[-1:]:
            if set(who.electors) & set(ids):
                return Source("", Kind.ELECTOR, ids)
        return None


def _resumed(sentence: Sentence, subject: int) -> bool:
    """ "Aderarea, pe care Letonia o susține": a relative before the subject, which the pronoun takes up.

    Where one word is both "who" and "that", there is no telling.
    """
    units = sentence.units
    if subject < 2 or units[subject - 1].kind or "rel" not in units[subject - 1].classes:
        return False
    k = subject - 2
    while k > 0 and (units[k].word == "," or not units[k].classes.isdisjoint(("prep", "over"))):
        k -= 1
    return "that" not in units[subject - 1].classes and units[k].kind is not Kind.CANDIDATE


def _headed(sentence: Sentence, at: int, start: int) -> bool:
    """Unit `at` stands right before `start`, as a headline without a verb has it ("Turkey, for X")."""
    units = sentence.units
    gap = units[at + 1 : start]
    if not 0 <= at < start or (gap and [unit.word for unit in gap] != [","]):
        return False
    opens = at == 0 or units[at - 1].word in MARKS or not units[at - 1].classes.isdisjoint(("and", "adv"))
    return opens or units[at].kind is not Kind.CANDIDATE


def _participle(unit: Unit) -> bool:
    """A form of verbs that can be nothing but a participle."""
    return bool(unit.lemmas) and all(forms == {"part"} for forms in unit.lemmas.values())


def _extent(who: Subject) -> tuple[int, int]:
    return who.unit.start, who.unit.end
