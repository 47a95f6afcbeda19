"""Which changes of standing alert, which do not, and what an alert tells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from tracker.alerts import Alert, compare
from tracker.contests import Contest, Elector
from tracker.events import Event, ReportConfirmed, ReportReinstated, ReportRetracted
from tracker.log.identity import identity
from tracker.projection import suppose
from tracker.rules import Rule
from tracker.stances import Certainty, ElectorId, Stance, Voice
from tracker.testing import on_day, race, state_of, told

NOW = on_day(20)
SUPPORTS, LEANS, OPEN, OPPOSES = Stance.SUPPORTS, Stance.LEANS_SUPPORT, Stance.UNDECIDED, Stance.OPPOSES
OUTLET: dict[str, Any] = {"voice": Voice.OUTLET, "certainty": Certainty.REPORTED}
OTHERS: dict[str, Any] = {"voice": Voice.UNNAMED, "certainty": Certainty.ANONYMOUS}


def alerts(before: Sequence[Event], *new: Event, roster: Contest | None = None) -> tuple[Alert, ...]:
    """The alerts that new events bring to a log that holds the others."""
    state = state_of(*before, roster=roster)
    after = suppose(state, [(identity(event), event) for event in new])
    contest = (roster or race()).id
    return compare(state.contests[contest], after.contests[contest], now=NOW)


def changes(before: Sequence[Event], *new: Event) -> list[tuple[str, Stance | None, Stance | None]]:
    return [(alert.elector, alert.was, alert.now) for alert in alerts(before, *new)]


def retracted(report: Event, day: float = 10, why: str = "the outlet withdrew it") -> ReportRetracted:
    return ReportRetracted(
        contest=race().id, report=identity(report), reason=why, occurred_at=on_day(day), producer="A. Editor"
    )


def reinstated(report: Event, day: float = 11) -> ReportReinstated:
    return ReportReinstated(
        contest=race().id,
        report=identity(report),
        reason="it stands",
        occurred_at=on_day(day),
        producer="A. Editor",
    )


def test_a_first_stance_alerts() -> None:
    assert changes([], told(OPEN)) == [("aa", None, OPEN)]


def test_a_change_alerts() -> None:
    assert changes([told(OPPOSES)], told(SUPPORTS, day=2)) == [("aa", OPPOSES, SUPPORTS)]


def test_a_repetition_does_not() -> None:
    first = told(SUPPORTS)
    assert changes([first], first) == []
    assert changes([first], told(SUPPORTS, day=2), told(SUPPORTS, day=2, outlet="another", **OUTLET)) == []


def test_silence_does_not() -> None:
    silence = told(OPEN, silence=True, **OUTLET)
    assert changes([], silence) == []
    assert changes([silence], told(OPEN, day=2)) == []
    assert changes([silence], told(OPPOSES, day=2)) == [("aa", OPEN, OPPOSES)]


def test_late_news_does_not() -> None:
    assert changes([told(SUPPORTS, day=5)], told(OPPOSES, day=3)) == []


def test_late_news_that_changes_the_present_by_its_bearing_on_a_rule_does_not_either() -> None:
    # The earlier "undecided" makes the later one a repetition, so that the lean in between stands again.
    before = [told(OPPOSES, day=4, **OTHERS), told(OPEN, day=5)]
    assert changes(before, told(OPEN, day=3)) == []


def test_what_is_told_of_next_week_does_not_alert_before_it_happens() -> None:
    assert changes([], told(SUPPORTS, day=25)) == []


@pytest.mark.parametrize(
    "electors", [(Elector(id=ElectorId("bb")),), (Elector(id=ElectorId("aa"), left=date(2024, 3, 9)),)]
)
def test_only_electors_present_alert(electors: tuple[Elector, ...]) -> None:
    assert alerts([], told(SUPPORTS), roster=race(electors=electors)) == ()


def test_a_disputed_report_does_not_alert_until_a_second_origin() -> None:
    one, copy, other = (told(OPPOSES, day=d, outlet=o, **OUTLET) for d, o in ((2, "W"), (3, "W"), (4, "X")))
    assert changes([told(SUPPORTS)], one, copy) == []
    assert changes([told(SUPPORTS), one, copy], other) == [("aa", SUPPORTS, OPPOSES)]


def test_several_changes_come_by_elector_and_candidate() -> None:
    new = [
        told(SUPPORTS, elector=elector, candidate=candidate)
        for elector in ("cc", "aa") for candidate in ("second-one", "first-one")
    ]  # fmt: skip
    assert [(alert.elector, alert.candidate) for alert in alerts([], *new)] == [
        ("aa", "first-one"), ("aa", "second-one"), ("cc", "first-one"), ("cc", "second-one"),
    ]  # fmt: skip


def test_an_alert_tells_the_change_the_words_and_the_position() -> None:
    before: list[Event] = [told(OPPOSES, day=1), *(told(SUPPORTS, elector=e) for e in ("bb", "cc"))]
    new = told(SUPPORTS, day=5)
    (alert,) = alerts(before, new)
    assert (alert.contest, alert.elector, alert.candidate) == ("chair-2024", "aa", "first-one")
    assert (alert.was, alert.now, alert.certainty, alert.disputed) == (
        OPPOSES,
        SUPPORTS,
        Certainty.OFFICIAL,
        False,
    )
    assert (alert.at, alert.occurred_at) == (NOW, on_day(5))
    assert alert.speaker == "the foreign minister of Aland"
    assert alert.outlet == new.source.outlet
    assert (alert.evidence, alert.url) == (new.evidence.sentence, new.source.url)
    assert alert.report == identity(new)
    assert (alert.have, alert.needed, alert.missing) == (3, 4, ("dd",))


def test_the_position_is_by_the_contests_own_rule() -> None:
    roster = race(rule=Rule(kind="threshold", needed=1))
    (alert,) = alerts([], told(SUPPORTS), roster=roster)
    assert (alert.have, alert.needed, alert.missing) == (1, 1, ("bb", "cc", "dd"))


def test_the_same_change_has_the_same_key_and_another_has_another() -> None:
    report = told(SUPPORTS, day=5)
    (one,) = alerts([], report)
    (same,) = alerts([told(OPEN)], report, told(SUPPORTS, elector="bb"))[:1]
    assert one.key == same.key
    others = [
        alerts([], told(SUPPORTS, day=6)),
        alerts([], told(LEANS, day=5)),
        alerts([], told(SUPPORTS, day=5, elector="bb")),
    ]
    assert len({one.key, *(found[0].key for found in others)}) == 4


def test_a_retraction_tells_of_the_standing_it_brings_back() -> None:
    first, wrong = told(SUPPORTS, day=1), told(OPPOSES, day=5)
    (told_of,) = alerts([], first)
    (undone,) = alerts([first, wrong], retracted(wrong))
    assert (undone.was, undone.now, undone.report) == (OPPOSES, SUPPORTS, identity(first))
    # The first alert had the same stance by the same report: without a key of its own it would be dropped.
    assert undone.key != told_of.key


def test_a_retraction_to_unknown_tells_who_took_it_back_and_why() -> None:
    wrong = told(OPPOSES, day=5)
    (undone,) = alerts([wrong], retracted(wrong))
    assert (undone.was, undone.now, undone.certainty, undone.report) == (OPPOSES, None, None, "")
    assert (undone.speaker, undone.evidence, undone.url) == (
        "A. Editor",
        "the outlet withdrew it",
        wrong.source.url,
    )
    assert undone.occurred_at == NOW


def test_a_report_taken_back_and_forth_alerts_each_time() -> None:
    report = told(OPPOSES, day=5)
    log: list[Event] = [report]
    keys = [alerts([], report)[0].key]
    for word in (retracted(report), reinstated(report), retracted(report, 12), reinstated(report, 13)):
        (alert,) = alerts(log, word)
        keys.append(alert.key)
        log.append(word)
    assert len(set(keys)) == 5


def test_a_retraction_that_comes_before_its_report_leaves_nothing_to_tell() -> None:
    report = told(OPPOSES)
    assert changes([retracted(report)], report) == []


def test_a_retraction_of_what_carried_nothing_is_silent() -> None:
    lost = told(OPPOSES, day=2, **OTHERS)
    assert changes([told(SUPPORTS), lost], retracted(lost)) == []


def test_a_retraction_that_takes_the_second_origin_away_alerts() -> None:
    against = [told(OPPOSES, day=d, outlet=o, **OUTLET) for d, o in ((2, "W"), (3, "X"))]
    # What carried the standing still counts, and what carries it now is older; but it is no late news.
    assert changes([told(SUPPORTS), *against], retracted(against[0])) == [("aa", OPPOSES, SUPPORTS)]


def test_a_confirmation_that_moves_the_standing_alerts() -> None:
    leak = told(SUPPORTS, day=5, **OTHERS)
    word = ReportConfirmed(
        contest=race().id,
        report=identity(leak),
        reason="heard it",
        occurred_at=on_day(6),
        producer="A. Editor",
    )
    assert changes([leak], word) == [("aa", LEANS, SUPPORTS)]


def test_nothing_new_is_no_alert() -> None:
    assert alerts([told(SUPPORTS)]) == ()
