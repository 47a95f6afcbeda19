"""What can be asked of the stored log beyond reading it through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.errors import UnknownName
from tracker.events import ContestDeclared, ReportRetracted, StanceReported
from tracker.stances import Certainty, ContestId, Stance
from tracker.store import LogFilter, Store
from tracker.testing import race, report

Reports = Callable[..., list[StanceReported]]
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def words(sentence: str, **changes: object) -> StanceReported:
    return report(evidence=replace(report().evidence, sentence=sentence), **changes)


@pytest.fixture
def filled(store: Store) -> Store:
    """Six events, an hour apart."""
    first = report()
    events = [
        first,
        words("Bland is against it.", elector="bb", stance=Stance.OPPOSES, certainty=Certainty.REPORTED),
        words("Premier Orbán háttérbe szorult", elector="cc", item="ffff", occurred_at=NOON),
        words("Cland likes Second One", elector="cc", candidate="second-one", producer="a person"),
        ReportRetracted(
            contest=ContestId("chair-2024"), report=store.log.append([first], NOON)[0].id,
            reason="misread", occurred_at=NOON + HOUR, producer="a person",
        ),
        words("Another race altogether", contest="other-2025"),
    ]  # fmt: skip
    for n, event in enumerate(events):
        store.log.append([event], NOON + n * HOUR)
    return store


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"kinds": ("report_retracted",)}, [5]),
        ({"kinds": ("report_retracted", "stance_reported")}, [1, 2, 3, 4, 5, 6]),
        ({"kinds": ("no_such_kind",)}, []),
        ({"contest": "other-2025"}, [6]),
        ({"elector": "cc"}, [3, 4]),
        ({"elector": "cc", "candidate": "second-one"}, [4]),
        ({"stance": Stance.OPPOSES}, [2]),
        ({"certainty": "reported"}, [2]),
        ({"item": "ffff"}, [3]),
        ({"producer": "a person"}, [4, 5]),
        ({"recorded_since": NOON + 2 * HOUR}, [3, 4, 5, 6]),
        ({"recorded_until": NOON + 2 * HOUR}, [1, 2, 3]),
        ({"recorded_since": NOON + HOUR, "recorded_until": NOON + 2 * HOUR}, [2, 3]),
        ({"occurred_since": NOON}, [3, 5]),
        ({"occurred_until": NOON, "elector": "cc"}, [3, 4]),
        ({"text": "against"}, [2]),
        ({"text": "ORBAN hatterbe"}, [3]),
        ({"text": "hatterbe ORBAN"}, [3]),
        ({"text": '"second one"'}, [4]),
        ({"text": '"one second"'}, []),
        ({"text": "gazette"}, [1, 2, 3, 4, 6]),
        ({"text": "minister"}, [1, 2, 3, 4, 6]),
        ({"text": "headline aland"}, []),
        ({"text": "aland backs", "elector": "aa", "contest": "chair-2024"}, [1]),
    ],
)
def test_the_log_is_filtered(filled: Store, wanted: dict[str, object], seqs: list[int]) -> None:
    asked = LogFilter(**wanted)  # type: ignore[arg-type]
    assert [stored.seq for stored in filled.log.find(asked)] == seqs
    assert [stored.seq for stored in filled.log.find(asked, newest_first=True)] == seqs[::-1]
    assert [stored.seq for stored in filled.log.find(asked, limit=1)] == seqs[:1]
    assert [stored.seq for stored in filled.log.find(asked, newest_first=True, limit=2)] == seqs[::-1][:2]
    assert [stored.seq for stored in filled.log.find(asked, after=3)] == [seq for seq in seqs if seq > 3]
    assert [stored.seq for stored in filled.log.find(asked, after=3, newest_first=True)] == [
        seq for seq in seqs[::-1] if seq > 3
    ]


@pytest.mark.parametrize(
    "typed", ["OR", "NOT", "a AND", "speaker:x", "NEAR(a b)", '"', '""', "*", "a*", "-x", "(", "'", "\x00"]
)
def test_whatever_is_typed_is_searched_as_words(filled: Store, typed: str) -> None:
    assert [stored.seq for stored in filled.log.find(LogFilter(text=typed))] == []


def test_long_lists_stream_over_several_pages(store: Store, reports: Reports) -> None:
    store.log.append(reports(2_300), NOON)
    wanted = LogFilter(elector="aa")
    assert [stored.seq for stored in store.log.find(wanted)] == list(range(1, 2_301))
    assert [stored.seq for stored in store.log.find(wanted, newest_first=True, limit=1_200)] == list(
        range(2_300, 1_100, -1)
    )
    assert [stored.seq for stored in store.log.read(after=999)] == list(range(1_000, 2_301))


def test_an_event_is_found_by_its_id_or_its_beginning(filled: Store) -> None:
    second = next(filled.log.read(after=1))
    assert filled.log.get(second.id) == second
    assert filled.log.get(second.id[:10]) == second
    assert filled.log.get(second.id[:10].upper()) == second
    assert [stored.seq for stored in filled.log.find(LogFilter(id=second.id[:10]))] == [2]


def test_an_id_that_nothing_has_or_several_have_is_refused(store: Store, reports: Reports) -> None:
    with pytest.raises(UnknownName, match="no event 'ffff'"):
        store.log.get("ffff")
    stored = store.log.append(reports(40), NOON)
    first = sorted(event.id for event in stored if event.id[0] == stored[0].id[0])
    assert len(first) > 1
    with pytest.raises(UnknownName) as several:
        store.log.get(stored[0].id[0])
    assert several.value.near == tuple(first[:5])


def test_the_place_of_a_time_is_found_without_an_index(store: Store, reports: Reports) -> None:
    assert store.log.known_by(NOON) == 0
    for n, event in enumerate(reports(40)):
        store.log.append([event], NOON + n // 3 * HOUR)
    stored = list(store.log.read())
    for half_hours in range(-1, 30):
        moment = NOON + half_hours * HOUR / 2
        assert store.log.known_by(moment) == sum(event.recorded_at <= moment for event in stored)


def test_the_search_index_can_be_made_anew(filled: Store) -> None:
    declared = ContestDeclared(contest=race().id, occurred_at=NOON, producer="tests", roster=race())
    filled.log.append([declared, replace(declared, contest=ContestId("other-2025"))], NOON + 9 * HOUR)
    with filled._database.transaction() as connection:
        connection.execute("INSERT INTO evidence_search (evidence_search) VALUES ('delete-all')")
    assert list(filled.log.find(LogFilter(text="against"))) == []
    assert [found.table for found in filled.differences()] == ["evidence_search"]
    filled.remake()
    assert [stored.seq for stored in filled.log.find(LogFilter(text="against"))] == [2]


def test_people_who_read_the_file_with_sql_find_the_words_in_a_view(filled: Store) -> None:
    rows = filled._database.rows(
        "SELECT seq, elector, sentence, outlet FROM evidence WHERE stance = 'opposes'"
    )
    assert rows == [(2, "bb", "Bland is against it.", "The Gazette")]
