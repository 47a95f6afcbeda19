"""Items with every edition of their text, the ones that failed, and who has read what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.items import Item, ItemId, OutletClass
from tracker.store import Store

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_item_comes_back_as_it_was(store: Store, item: Item) -> None:
    assert store.items.get(item.id) is None
    official = replace(
        item,
        id=ItemId("other"),
        outlet_class=OutletClass.OFFICIAL,
        elector="aa",
        date_given=False,
        published_at=NOON + timedelta(microseconds=1),
        title="null \x00 and line\r\n",
    )
    for one in (item, official):
        assert store.items.add(one, NOON) == "new"
        assert store.items.get(one.id) == one
    assert store.items.count() == 2


def test_the_same_item_again_is_the_same(store: Store, item: Item) -> None:
    store.items.add(item, NOON)
    assert store.items.add(item, NOON + HOUR) == "same"
    assert store.items.add(replace(item, feed="another feed", guid="g-2"), NOON + HOUR) == "same"
    assert store.items.get(item.id) == item
    assert [edition.seen_at for edition in store.items.editions(item.id)] == [NOON]


def test_an_edited_item_keeps_every_edition(store: Store, item: Item) -> None:
    later = replace(item, body="Aland denied that it backs First One.", published_at=NOON)
    store.items.add(item, NOON)
    assert store.items.add(later, NOON + HOUR) == "edited"
    assert store.items.get(item.id) == replace(later, published_at=item.published_at)
    editions = store.items.editions(item.id)
    assert [(edition.edition, edition.seen_at, edition.body) for edition in editions] == [
        (1, NOON, item.body),
        (2, NOON + HOUR, later.body),
    ]
    assert store.items.count() == 1


def test_a_headline_that_goes_back_and_forth_makes_no_more_editions(store: Store, item: Item) -> None:
    other = replace(item, title="First One wins Aland")
    store.items.add(item, NOON)
    assert [store.items.add(one, NOON) for one in (other, item, other, item)] == [
        "edited",
        "same",
        "same",
        "same",
    ]
    assert len(store.items.editions(item.id)) == 2


def test_half_an_emoji_in_an_item_is_kept_as_a_replacement_sign(store: Store, item: Item) -> None:
    broken = replace(item, title="backs \ud83d One")
    assert store.items.add(broken, NOON) == "new"
    assert store.items.add(broken, NOON) == "same"
    kept = store.items.get(item.id)
    assert kept is not None
    assert kept.title == "backs \ufffd One"


def test_items_are_listed_by_date_then_id_over_several_pages(store: Store, item: Item) -> None:
    items = [
        replace(item, id=ItemId(f"{n:04}"), published_at=NOON - n // 3 * HOUR, title=f"{n}")
        for n in range(1_100)
    ]
    with store.transaction():
        for one in items:
            store.items.add(one, NOON)
    assert list(store.items.all()) == sorted(items, key=lambda one: (one.published_at, one.id))


def test_an_item_that_cannot_be_read_is_kept_with_the_reason(store: Store, item: Item) -> None:
    assert store.items.failed() == ()
    store.items.fail(item, "no text in it \ud83d", NOON)
    store.items.fail(item, "still no text", NOON + HOUR)
    assert store.items.get(item.id) == item
    (failed,) = store.items.failed()
    assert (failed.item, failed.error, failed.at, failed.times) == (item, "still no text", NOON + HOUR, 2)
    store.readings.mark(item.id, "chair-2024", "reader-1", NOON)
    assert store.items.failed() == ()


def test_a_reading_is_marked_for_one_contest_and_the_present_text(store: Store, item: Item) -> None:
    store.items.add(item, NOON)
    assert store.readings.extractor(item.id, "chair-2024") is None
    store.readings.mark(item.id, "chair-2024", "reader-1", NOON)
    assert store.readings.extractor(item.id, "chair-2024") == "reader-1"
    assert store.readings.extractor(item.id, "other-2025") is None
    store.readings.mark(item.id, "chair-2024", "reader-2", NOON)
    assert store.readings.extractor(item.id, "chair-2024") == "reader-2"
    store.items.add(replace(item, body="another text"), NOON)
    assert store.readings.extractor(item.id, "chair-2024") is None


def test_what_a_version_of_the_reader_has_not_read_is_listed(store: Store, item: Item) -> None:
    other = replace(item, id=ItemId("other"), published_at=NOON, title="Other")
    for one in (item, other):
        store.items.add(one, NOON)
        store.readings.mark(one.id, "chair-2024", "reader-1", NOON)
    assert list(store.readings.unread("chair-2024", "reader-1")) == []
    assert list(store.readings.unread("chair-2024", "reader-2")) == [item, other]
    assert list(store.readings.unread("other-2025", "reader-1")) == [item, other]
    store.readings.mark(item.id, "chair-2024", "reader-2", NOON)
    assert list(store.readings.unread("chair-2024", "reader-2")) == [other]
    edited = replace(item, title="Edited")
    store.items.add(edited, NOON)
    assert list(store.readings.unread("chair-2024", "reader-2")) == [edited, other]
    assert store.readings.unread_count("chair-2024", "reader-2") == 2


def test_items_last_read_by_another_version_are_counted(store: Store, item: Item) -> None:
    other = replace(item, id=ItemId("other"), title="Other")
    for one in (item, other):
        store.items.add(one, NOON)
    store.readings.mark(item.id, "chair-2024", "reader-1", NOON)
    assert store.readings.older_count("chair-2024", "reader-1") == 0
    assert store.readings.older_count("chair-2024", "reader-2") == 1, "the other was read by none"
    assert store.readings.older_count("other-2025", "reader-2") == 0


@pytest.mark.parametrize("unknown", ["nowhere", ""])
def test_marking_an_item_nobody_kept_marks_nothing(store: Store, unknown: str) -> None:
    store.readings.mark(unknown, "chair-2024", "reader-1", NOON)
    assert store.readings.extractor(unknown, "chair-2024") is None
