"""Predicates: words that fix an attitude, and their roles filled. The heart of the grammar."""

from __future__ import annotations

from dataclasses import replace

from tracker.extraction import (
    bags,
    ballots,
    bars,
    bearers,
    ellipsis,
    gaps,
    judgement,
    nominal,
    possession,
    rows,
)
from tracker.extraction.arguments import Subject, subject
from tracker.extraction.attribution import reports
from tracker.extraction.frames import Frames
from tracker.extraction.labels import labelled
from tracker.extraction.lexicon import Predicate
from tracker.extraction.objects import target
from tracker.extraction.patterns import Found, find, present
from tracker.extraction.scope import NEGATIONS, Reading, chain
from tracker.extraction.topics import names_post
from tracker.extraction.units import HARD, Head, Kind
from tracker.stances import Stance


def read(frames: Frames) -> None:
    """Read the sentence."""
    frames.said = reports(frames.sentence, frames.discourse)
    for report in frames.said:
        if report.source.electors:
            frames.discourse.speakers.append(report.source.electors)
        elif report.source.kind is Kind.OUTSIDER:
            frames.discourse.speakers.append(())
    frames.discourse.said = [
        (r.first, r.last, r.verb, r.unit) for r in frames.said if r.unit is not None and r.source.electors
    ]
    frames.discourse.here = [(r.first, r.last, r.source.electors) for r in frames.said if r.source.electors]
    units = frames.sentence.units
    if not frames.said and any(
        "say" in u.classes and not u.kind and not q
        for u, q in zip(units, frames.sentence.quoted, strict=True)
    ):
        frames.discourse.speakers.append(())  # somebody is cited, and we cannot tell who
    if frames.said:
        frames.discourse.cited = frames.said[-1].source
    for start, found, predicate in _matches(frames):
        _predicate(frames, start, found, predicate)
    if frames.sentence.language.bags:
        bags.read(frames)
    if not rows.read(frames):
        ballots.read(frames)
    nominal.read(frames)
    possession.read(frames)
    if frames.drafts:
        frames.discourse.claimed = True
    elif not names_post(frames.sentence) or not frames.sentence.title:
        reasons = {r.reason for r in frames.refusals} & bars.ELSEWHERE
        elsewhere = bool(reasons if frames.sentence.title else reasons - {bars.TOWARD_ELSE})
        frames.discourse.astray = frames.discourse.astray or (elsewhere and not frames.discourse.claimed)
    ellipsis.read(frames)
    gaps.read(frames)


def _matches(frames: Frames) -> list[tuple[int, Found, Predicate]]:
    """Predicates in text order; of those that share words, the longest."""
    sentence = frames.sentence
    index = sentence.language.predicates
    hits: list[tuple[int, Found, Predicate]] = []
    frames.held = held = present(sentence.units)
    for i in range(len(sentence.units)):
        for found, predicate in find(index, sentence.units, i, held):
            hits.append((i, found, predicate))
    hits = [
        hit
        for hit in hits
        if hit[2].stance is not None
        or not hit[2].denied
        or (_denied(frames, hit[0]) or judgement.chosen(frames, hit[1].end) >= 0)
    ]
    if not frames.discourse.roster.by_people:
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
        frames.taken |= words
        kept.append((start, found, predicate))
    return sorted(kept, key=lambda hit: hit[0])


def _denied(frames: Frames, start: int) -> bool:
    """A negation stands before a predicate that means something only when it is denied."""
    links = chain(frames.sentence, start)
    if NEGATIONS & set(links.effects):
        return True
    return any("neither" in u.classes for u in frames.sentence.units[max(links.start - 3, 0) : links.start])


def _predicate(frames: Frames, start: int, found: Found, predicate: Predicate) -> None:
    s = frames.sentence
    if predicate.echo:
        _echoed(frames, start, found, predicate)
        return
    frames.left = s.units[found.left].candidates if found.left >= 0 else ()
    if predicate.stance is None and not predicate.denied:
        frames.refuse(start, found.end, bars.ANOTHER_MATTER)
        return
    if predicate.left == "C":
        _swapped(frames, start, found, predicate)
        return
    if predicate.left in ("S", "R"):
        _spoken(frames, start, found, predicate)
        return
    links = chain(s, start, noun=predicate.copula and "prep" not in s.units[start].classes)
    effects = links.effects
    who: Subject | None
    label: Subject | None = None
    if found.elector >= 0:
        unit = s.units[found.elector]
        if predicate.left == "E" and s.language.drops and bearers.another(frames, links.start, unit):
            frames.refuse(start, found.end, "what is done to an elector")
            return
        who = Subject(unit.electors or unit.dual, (), unit, found.elector)
        if unit.kind in (Kind.VOICE, Kind.WORD) and not unit.electors:
            who = None if predicate.silence else bearers.voice(frames, found.elector)
    elif predicate.left == "E":
        who = subject(s, links.start, frames.discourse)
        if who is None and not predicate.copula and not s.units[start].lemmas:
            # "was the initial supporter of X": what qualifies a noun stands before it
            qualified = chain(s, start, noun=True)
            if "cop" in qualified.effects:
                links, effects = qualified, qualified.effects
                who = subject(s, links.start, frames.discourse)
        if who is None and s.language.drops:
            who = bearers.dropped(frames, links.start)
    else:
        who = None
    if (who is None or not who.electors) and predicate.left == "E":
        who = (
            bearers.listed(frames, links.start, found.end)
            or bearers.spoken_for(frames, links.start)
            or bearers.seated(frames, links.start)
        )
        label = labelled(frames, links.start) if who is None else None
        who = who or label
    if who is not None and not effects and bearers.exclaimed(frames, start, who):
        frames.refuse(start, found.end, "no verb of its own")
        return
    if who is None or not who.electors:
        frames.refuse(start, found.end, "no elector before it")
        if frames.last is None and predicate.stance is not None and found.candidate >= 0:
            objects = target(s, found.candidate, (), frames.discourse, position=start)
            if objects:
                frames.last = (predicate, Reading(predicate.stance), objects, None)
                frames.told.append((start, frames.last))
        return
    if who.negated and "neg" not in effects:
        effects = (*effects, "neg")
    who = bearers.joined_after(frames, found.end, who)
    if who.shared and not effects:
        effects = bearers.carried_on(frames, start)
    if any(effect == "over" for _, effect in s.operators.get(who.at, ())):
        effects = (*effects, "neg")  # "does not see how he can support X"
    if predicate.copula and "cop" not in effects:
        if frames.last is not None and frames.last[0].copula:
            effects = (*effects, *frames.effects)
        elif (
            label is None
            and not (s.title and bearers.headed(s, who.at, links.start))
            and not (start == 0 < who.at)
        ):
            frames.refuse(start, found.end, "nothing says that it is so")
            return
    if bearers.asked(frames, who.at, links.effects, links.start):
        frames.refuse(start, found.end, "somebody wants it of the elector")
        return
    at = found.candidate if found.candidate >= 0 else links.clitic
    if found.candidate < 0 <= at and bearers.resumed(s, who.at):
        frames.refuse(start, found.end, "its pronoun stands for what the clause hangs on")
        return
    if found.candidate < 0 and at < 0 and not predicate.context:
        frames.refuse(start, found.end, "no candidate after it")
        return
    judgement.claim(frames, start, found.end, predicate, effects, links.start, who, at)


def _echoed(frames: Frames, start: int, found: Found, predicate: Predicate) -> None:
    """ "Portugal did likewise": what was said last is said of it too, or is denied of it."""
    s = frames.sentence
    last = next((said for at, said in reversed(frames.told) if at < start), frames.before)
    if last is None:
        frames.refuse(start, found.end, "nothing said before it")
        return
    links = chain(s, start)
    who = subject(s, links.start, frames.discourse)
    if who is None and s.language.drops:
        who = bearers.dropped(frames, links.start)
    if who is None or not who.electors:
        frames.refuse(start, found.end, "no elector before it")
        return
    if found.elector >= 0:  # "joins Lithuania": both
        after = s.units[found.end] if found.end < len(s.units) else None
        if after is not None and after.word not in {",", *HARD}:
            frames.refuse(start, found.end, "joins it in something else")
            return
        more = s.units[found.elector].electors
        who = replace(who, electors=tuple(dict.fromkeys((*who.electors, *more))))
    stance = predicate.stance or last[1].stance
    if "neg" in links.effects and "perfect" not in links.effects and "did" not in links.effects:
        stance = Stance.UNDECIDED  # "will not follow": what it will do instead is not said
        links = replace(links, effects=tuple(e for e in links.effects if e != "neg"))
    told = replace(predicate, stance=stance, echo=False)
    judgement.claim(frames, start, found.end, told, links.effects, links.start, who, -1, last[2])


def _swapped(frames: Frames, start: int, found: Found, predicate: Predicate) -> None:
    """The candidate is the subject: "X has Berlin's vote", "X is backed by"."""
    s = frames.sentence
    links = chain(s, start, noun=predicate.copula)
    if found.elector < 0:
        frames.refuse(start, found.end, "no elector after it")
        return
    unit = s.units[found.elector]
    who = Subject(unit.electors or unit.dual, (), unit, found.elector)
    if unit.kind in (Kind.VOICE, Kind.WORD) and not unit.electors:
        voiced = bearers.voice(frames, found.elector)
        if voiced is None:
            return
        who = voiced
    preps = {u.word for u in s.units[start : found.elector] if not u.kind and u.classes & {"prep", "by"}}
    by = s.units[found.elector - 1].classes & {"by"}
    more = bearers.agents(frames, found.end, preps) if by or predicate.persons else ()
    if more:
        who = replace(who, electors=tuple(dict.fromkeys((*who.electors, *more))))
    first = subject(s, links.start, frames.discourse)
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
        frames.refuse(start, found.end, bars.NO_CANDIDATE)
        return
    if at < 0 and not candidates and (first is None or not first.candidates):
        at = bearers.ahead(frames, found.end)
    if first is not None and any(
        "neither" in u.classes for u in s.units[max(first.at - 2, 0) : first.at] if not u.kind
    ):
        links = replace(links, effects=(*links.effects, "neg"))  # "Neither X nor Y has been endorsed by Z"
    judgement.claim(frames, start, found.end, predicate, links.effects, low, who, at, candidates)


def _spoken(frames: Frames, start: int, found: Found, predicate: Predicate) -> None:
    """The elector is whoever says it ("X is the right man, the minister said")."""
    s = frames.sentence
    links = chain(s, start, noun=predicate.copula)
    first = subject(s, links.start, frames.discourse)
    if predicate.left == "R":
        if first is not None and first.unit.kind is Kind.CANDIDATE and first.unit.dual:
            who = Subject(first.unit.dual, first.unit.candidates, first.unit, first.at)
            judgement.claim(
                frames,
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
    source = frames.source(start)
    electors = source.electors if source else ()
    if source is not None and not electors and source.own:
        near = frames.discourse.elector(s, start, person=False)
        electors = near.electors if near else ()
    if source is None:
        spoken = bearers.ours(frames, start, found.end)
        electors = spoken.electors if spoken else ()
    if not electors:
        frames.refuse(start, found.end, "nobody says it for an elector")
        return
    candidates = first.candidates if first is not None else ()
    at = found.candidate
    if at < 0 and not candidates:
        if first is not None and not first.pronoun:
            frames.refuse(start, found.end, bars.NO_CANDIDATE)
            return
        if not (predicate.context or first is not None):
            frames.refuse(start, found.end, "no candidate before it")
            return
    unit = replace(s.units[start], kind=Kind.ELECTOR, electors=electors, head=Head.OFFICE)
    low = first.at if first is not None and candidates and not first.pronoun else links.start
    judgement.claim(
        frames,
        start,
        found.end,
        predicate,
        links.effects,
        low,
        Subject(electors, (), unit, start),
        at,
        candidates,
    )
