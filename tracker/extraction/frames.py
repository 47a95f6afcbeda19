"""Frames: predicates found in a sentence, their roles filled, their scope read. The heart of the grammar."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, replace

from tracker.extraction import (
    assertion,
    bags,
    ballots,
    bars,
    bearers,
    ellipsis,
    gaps,
    nominal,
    possession,
    rows,
)
from tracker.extraction.arguments import Subject, subject
from tracker.extraction.attribution import Report, Source, reports
from tracker.extraction.discourse import Discourse
from tracker.extraction.drafts import Draft, Refusal
from tracker.extraction.labels import labelled
from tracker.extraction.lexicon import Predicate
from tracker.extraction.objects import target
from tracker.extraction.patterns import Found, find, present
from tracker.extraction.scope import NEGATIONS, Reading, chain
from tracker.extraction.sentences import Sentence
from tracker.extraction.topics import (
    names_post,
)
from tracker.extraction.units import HARD, Head, Kind
from tracker.stances import Stance

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
            reasons = {r.reason for r in self.refusals} & bars.ELSEWHERE
            elsewhere = bool(reasons if self.sentence.title else reasons - {bars.TOWARD_ELSE})
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
            or (self._denied(hit[0]) or assertion.chosen(self, hit[1].end) >= 0)
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
        if NEGATIONS & set(links.effects):
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
            self.refuse(start, found.end, bars.ANOTHER_MATTER)
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
            if predicate.left == "E" and s.language.drops and bearers.another(self, links.start, unit):
                self.refuse(start, found.end, "what is done to an elector")
                return
            who = Subject(unit.electors or unit.dual, (), unit, found.elector)
            if unit.kind in (Kind.VOICE, Kind.WORD) and not unit.electors:
                who = None if predicate.silence else bearers.voice(self, found.elector)
        elif predicate.left == "E":
            who = subject(s, links.start, self.discourse)
            if who is None and not predicate.copula and not s.units[start].lemmas:
                # "was the initial supporter of X": what qualifies a noun stands before it
                qualified = chain(s, start, noun=True)
                if "cop" in qualified.effects:
                    links, effects = qualified, qualified.effects
                    who = subject(s, links.start, self.discourse)
            if who is None and s.language.drops:
                who = bearers.dropped(self, links.start)
        else:
            who = None
        if (who is None or not who.electors) and predicate.left == "E":
            who = (
                bearers.listed(self, links.start, found.end)
                or bearers.spoken_for(self, links.start)
                or bearers.seated(self, links.start)
            )
            label = labelled(self, links.start) if who is None else None
            who = who or label
        if who is not None and not effects and bearers.exclaimed(self, start, who):
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
        who = bearers.joined_after(self, found.end, who)
        if who.shared and not effects:
            effects = bearers.carried_on(self, start)
        if any(effect == "over" for _, effect in s.operators.get(who.at, ())):
            effects = (*effects, "neg")  # "does not see how he can support X"
        if predicate.copula and "cop" not in effects:
            if self.last is not None and self.last[0].copula:
                effects = (*effects, *self.effects)
            elif (
                label is None
                and not (s.title and bearers.headed(s, who.at, links.start))
                and not (start == 0 < who.at)
            ):
                self.refuse(start, found.end, "nothing says that it is so")
                return
        if bearers.asked(self, who.at, links.effects, links.start):
            self.refuse(start, found.end, "somebody wants it of the elector")
            return
        at = found.candidate if found.candidate >= 0 else links.clitic
        if found.candidate < 0 <= at and bearers.resumed(s, who.at):
            self.refuse(start, found.end, "its pronoun stands for what the clause hangs on")
            return
        if found.candidate < 0 and at < 0 and not predicate.context:
            self.refuse(start, found.end, "no candidate after it")
            return
        assertion.claim(self, start, found.end, predicate, effects, links.start, who, at)

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
            who = bearers.dropped(self, links.start)
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
        assertion.claim(self, start, found.end, told, links.effects, links.start, who, -1, last[2])

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
            voiced = bearers.voice(self, found.elector)
            if voiced is None:
                return
            who = voiced
        preps = {u.word for u in s.units[start : found.elector] if not u.kind and u.classes & {"prep", "by"}}
        by = s.units[found.elector - 1].classes & {"by"}
        more = bearers.agents(self, found.end, preps) if by or predicate.persons else ()
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
            self.refuse(start, found.end, bars.NO_CANDIDATE)
            return
        if at < 0 and not candidates and (first is None or not first.candidates):
            at = bearers.ahead(self, found.end)
        if first is not None and any(
            "neither" in u.classes for u in s.units[max(first.at - 2, 0) : first.at] if not u.kind
        ):
            links = replace(
                links, effects=(*links.effects, "neg")
            )  # "Neither X nor Y has been endorsed by Z"
        assertion.claim(self, start, found.end, predicate, links.effects, low, who, at, candidates)

    def _spoken(self, start: int, found: Found, predicate: Predicate) -> None:
        """The elector is whoever says it ("X is the right man, the minister said")."""
        s = self.sentence
        links = chain(s, start, noun=predicate.copula)
        first = subject(s, links.start, self.discourse)
        if predicate.left == "R":
            if first is not None and first.unit.kind is Kind.CANDIDATE and first.unit.dual:
                who = Subject(first.unit.dual, first.unit.candidates, first.unit, first.at)
                assertion.claim(
                    self,
                    start,
                    found.end,
                    predicate,
                    links.effects,
                    links.start,
                    who,
                    -1,
                    first.unit.candidates,
                )
            return
        source = self.source(start)
        electors = source.electors if source else ()
        if source is not None and not electors and source.own:
            near = self.discourse.elector(s, start, person=False)
            electors = near.electors if near else ()
        if source is None:
            spoken = bearers.ours(self, start, found.end)
            electors = spoken.electors if spoken else ()
        if not electors:
            self.refuse(start, found.end, "nobody says it for an elector")
            return
        candidates = first.candidates if first is not None else ()
        at = found.candidate
        if at < 0 and not candidates:
            if first is not None and not first.pronoun:
                self.refuse(start, found.end, bars.NO_CANDIDATE)
                return
            if not (predicate.context or first is not None):
                self.refuse(start, found.end, "no candidate before it")
                return
        unit = replace(s.units[start], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
        low = first.at if first is not None and candidates and not first.pronoun else links.start
        assertion.claim(
            self,
            start,
            found.end,
            predicate,
            links.effects,
            low,
            Subject(electors, (), unit, start),
            at,
            candidates,
        )

    # -- claims ---------------------------------------------------------------------------------

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

    def carried(self, who: Subject) -> Source | None:
        """Indirect speech goes on from the sentence before, while the same elector is spoken of."""
        for ids in self.discourse.speakers[-1:]:
            if set(who.electors) & set(ids):
                return Source("", Kind.ELECTOR, ids)
        return None
