"""What the pages show, as plain values made from the answers of `queries`: no SQL, no HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tracker.alerts import Alert
from tracker.clock import iso
from tracker.contests import CandidateStatus, Contest
from tracker.events import StanceReported
from tracker.health import FeedHealth
from tracker.projection import ContestState
from tracker.queries import Holdout, Status, display_name, holdouts, status_json
from tracker.stances import Stance

View = dict[str, Any]

GLYPHS = {
    "supports": "●",
    "leans_support": "◐",
    "undecided": "○",
    "leans_oppose": "◑",
    "opposes": "✕",
    "unknown": "·",
}
WORDS = {
    "supports": "supports",
    "leans_support": "leans support",
    "undecided": "undecided",
    "leans_oppose": "leans oppose",
    "opposes": "opposes",
    "unknown": "unknown",
}
_STATUS_WORDS = {
    CandidateStatus.DECLARED: "",
    CandidateStatus.MENTIONED: "mentioned",
    CandidateStatus.DECLINED: "declined",
    CandidateStatus.WITHDRAWN: "withdrawn",
}
# Hostile or broken feeds give pages of text; what a card shows of it is bounded.
_QUOTE_LIMIT = 320
_NAME_LIMIT = 80


def contest_view(
    state: ContestState,
    status: Status,
    *,
    changes: Iterable[Alert],
    feeds: Iterable[tuple[str, FeedHealth | None]],
) -> View:
    """Everything the page of a contest shows."""
    roster = state.roster
    leading = roster.candidate(status.leader) if status.leader else None
    missing = holdouts(state, leading.id, as_of=status.as_of) if leading else ()
    return {
        "contest": {"id": roster.id, "title": roster.title, "post": roster.post},
        "headline": _headline(roster, status, missing),
        "detail": _detail(roster, status),
        "leader": leading and {"id": leading.id, "name": leading.name},
        "meter": _meter(status),
        "holdouts": missing,
        "spoken": [_holdout(row) for row in missing if row.last is not None],
        "silent": [row.name for row in missing if row.last is None],
        "changes": [_change(roster, alert) for alert in changes],
        **_matrix(status),
        **_feeds(list(feeds)),
        "glyphs": GLYPHS,
        "words": WORDS,
    }


def _headline(roster: Contest, status: Status, missing: Sequence[Holdout]) -> str:
    leading = roster.candidate(status.leader) if status.leader else None
    if leading is None or status.rule is None:
        return f"No candidate leads for {roster.post}"
    have, needed = f"{status.rule.have:g}", status.rule.needed
    if needed is None:
        return f"{leading.name} leads with {have} endorsements"
    told = f"{leading.name} has {have} of {needed:g}"
    if status.rule.met:
        return f"{told}: enough to be chosen"
    if 0 < len(missing) <= 5:
        return (
            f"{told}; {_listed([row.name for row in missing])} {'holds' if len(missing) == 1 else 'hold'} out"
        )
    return f"{told}; {len(missing)} hold out" if missing else told


def _detail(roster: Contest, status: Status) -> str:
    members = sum(row.member for row in status.electors)
    parts = [f"{roster.post}; {members} electors", f"as of {status.as_of:%Y-%m-%d %H:%M} UTC"]
    if status.known_at is not None:
        parts.append(f"by what was known at {status.known_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _meter(status: Status) -> list[View]:
    if status.leader is None:
        return []
    tally = dict.fromkeys(WORDS, 0)
    members = 0
    for row in status.electors:
        if row.member:
            members += 1
            held = dict(row.standings).get(status.leader)
            tally[_word(held.stance if held else None)] += 1
    return [
        {"stance": word, "count": count, "share": round(100 * count / members)}
        for word, count in tally.items()
        if count
    ]


def _word(stance: Stance | None) -> str:
    return "unknown" if stance is None else stance.value


def _holdout(row: Holdout) -> View:
    return {
        "name": row.name,
        "stance": _word(row.standing.stance),
        "said": _told(row),
    }


def _told(row: Holdout) -> View | None:
    """What its stance rests on; without one, the last that was told."""
    held = row.standing.carried_by or row.last
    return _said(held.event) if held else None


def _said(event: StanceReported) -> View | None:
    if not event.evidence.sentence:
        return None
    return {
        "text": _cut(event.evidence.sentence),
        "speaker": _cut(event.speaker, _NAME_LIMIT),
        "outlet": _cut(event.source.outlet, _NAME_LIMIT),
        "url": web_link(event.source.url),
        "at": iso(event.occurred_at),
        "certainty": event.certainty.value,
    }


def _change(roster: Contest, alert: Alert) -> View:
    elector, candidate = roster.elector(alert.elector), roster.candidate(alert.candidate)
    return {
        "at": iso(alert.occurred_at),
        "elector": display_name(elector) if elector else alert.elector,
        "candidate": candidate.name if candidate else alert.candidate,
        "was": _word(alert.was),
        "now": _word(alert.now),
        "said": {
            "text": _cut(alert.evidence),
            "speaker": _cut(alert.speaker, _NAME_LIMIT),
            "outlet": _cut(alert.outlet, _NAME_LIMIT),
            "url": web_link(alert.url),
            "at": "",
            "certainty": alert.certainty.value if alert.certainty else "",
        }
        if alert.evidence
        else None,
    }


def _matrix(status: Status) -> View:
    told = status_json(status)
    viewed = {
        held["candidate"]
        for row in told["electors"]
        for held in row["standings"]
        if held["stance"] != "unknown"
    }
    columns = [
        (candidate, candidacy)
        for candidate, candidacy in status.candidates
        if candidate.id in viewed or candidacy is CandidateStatus.DECLARED
    ]
    columns.sort(key=lambda column: column[0].id != status.leader)
    rows = []
    for row in told["electors"]:
        held = {standing["candidate"]: standing for standing in row["standings"]}
        if row["member"] or held:
            cells = [held.get(candidate.id, _NOTHING) for candidate, _ in columns]
            rows.append({"name": row["name"], "note": "" if row["member"] else "no vote", "cells": cells})
    return {
        "columns": [{"name": c.name, "status": _STATUS_WORDS[s]} for c, s in columns],
        "rows": rows if columns else [],
    }


_NOTHING = {"stance": "unknown", "certainty": "", "disputed": False, "since": ""}


def _feeds(feeds: Sequence[tuple[str, FeedHealth | None]]) -> View:
    failing = sum(1 for _, health in feeds if health and health.failures)
    waiting = sum(1 for _, health in feeds if health is None or health.last_poll_at is None)
    sentence = f"{len(feeds)} feeds: {len(feeds) - failing - waiting} well, {failing} failing"
    return {
        "feeds": [_feed(name, health) for name, health in feeds],
        "feeds_sentence": f"{sentence}, {waiting} not polled yet." if waiting else f"{sentence}.",
    }


def _feed(name: str, health: FeedHealth | None) -> View:
    if health is None or health.last_poll_at is None:
        health = FeedHealth(feed=name)
        state, tone = "not polled yet", ""
    elif health.failures:
        state, tone = f"failing ({health.failures} in a row)", "bad"
    else:
        state, tone = "well", "good"
    return {
        "name": _cut(name, _NAME_LIMIT),
        "state": state,
        "tone": tone,
        "error": _cut(health.last_error),
        "last_success": _minute(health.last_success_at),
        "seen": health.items_seen,
        "next_poll": _minute(health.next_poll_at),
    }


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _cut(text: str, limit: int = _QUOTE_LIMIT) -> str:
    """Text from outside, fit to be shown: without control characters and overrides of writing direction
    (they would turn the rest of the page around), and bounded."""
    shown = "".join(c for c in " ".join(text.split()) if c.isprintable()).strip().strip('"“”„«»')
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def web_link(url: str) -> str:
    """The address if it is http or https, else nothing: no other scheme is ever made a link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
