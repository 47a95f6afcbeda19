"""Reading again: what a newer reader, or a revised roster, makes of the items that are kept.

Reading takes long and needs no lock; what follows from it is then weighed against the log as it is by that
time, and stored in one transaction: stopped before its end, it has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tracker.alerts import Alert
from tracker.assessment import Assessment, declare, reassess
from tracker.claims import Reading
from tracker.clock import Clock
from tracker.contests import Contest
from tracker.events import ContestDeclared, Event
from tracker.items import Item, ItemId
from tracker.log.identity import identity
from tracker.projection import DEFAULT_POLICY, ContestState, Policy, State, decision, suppose
from tracker.queries import Change, diff
from tracker.service.editions import dated
from tracker.service.ingest import ItemReader
from tracker.stances import ContestId
from tracker.store import Store

Watch = Callable[[int, int], None]

_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What came, or would come, of reading a contest's items again.

    extractor   the version that read now
    declared    the revised roster, when the log held another one
    read        items read, the failed ones included; `older` of them were read by another version before
    failed      id and error of each item that broke the reader; what it was known to say stays
    changed     items of which another text came, or that somebody else read, meanwhile: left for next time
    events      the difference, in the order of the items
    alerts      changes of standing that were not told before
    before      the contest without any of it
    standings   those that differ, as of now
    """

    contest: ContestId
    extractor: str
    declared: ContestDeclared | None
    read: int
    older: int
    failed: tuple[tuple[ItemId, str], ...]
    changed: int
    events: tuple[Event, ...]
    alerts: tuple[Alert, ...]
    before: ContestState
    standings: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """All texts of one item, oldest first, and what was read in them; `error` when that failed.

    mark      the version that had read it before; `None` when none had
    editions  how many texts it has
    item      the item itself; `None`, and no texts, for the many that say nothing and never did
    """

    id: ItemId
    mark: str | None
    editions: int
    item: Item | None = None
    texts: tuple[tuple[Item, Reading], ...] = ()
    error: str = ""


def reread(
    store: Store,
    reader: ItemReader,
    *,
    clock: Clock,
    policy: Policy = DEFAULT_POLICY,
    channels: Sequence[str] = (),
    send: bool = False,
    keep: bool,
    watch: Watch = lambda _done, _total: None,
) -> Reread:
    """Read every item that another version has read for the contest, or none has, and keep the difference.

    send   the alerts go to these channels; else they are only recorded
    keep   False: nothing is written; what would be is told
    watch  called after each item, with how many of how many are done
    Items that nobody read because the contest was decided by then stay unread. Doing it twice adds nothing
    the second time. Raises StoreError, and then nothing is stored; LogError.
    """
    contest = reader.contest
    read = list(_read(store, reader, _known(store, contest), policy, watch))
    if not keep:
        return _weighed(store, reader, read, now=clock.now(), send=send, policy=policy)[0]
    with store.transaction():
        now = clock.now()
        found, assessment, fresh = _weighed(store, reader, read, now=now, send=send, policy=policy)
        if found.declared is not None:
            store.log.append([found.declared], now)
        store.keep(assessment, recorded_at=now, channels=channels)
        for each in fresh:
            store.readings.mark(each.id, contest.id, reader.extractor, now)
            if each.item is not None and each.error:
                store.items.fail(each.item, each.error, now)
        return found


def _known(store: Store, contest: Contest) -> ContestState | None:
    return store.states.state({contest.id}).contest(contest.id)


def _read(
    store: Store, reader: ItemReader, known: ContestState | None, policy: Policy, watch: Watch
) -> Iterator[_Texts]:
    """The items to read, read."""
    contest = reader.contest.id
    total = store.readings.unread_count(contest, reader.extractor)
    speaking = {held.event.item for held in known.all_reports()} if known else set()
    choice = decision(known, _END, policy) if known else None
    decided = None if choice is None else choice.at
    for done, item in enumerate(store.readings.unread(contest, reader.extractor), start=1):
        mark = store.readings.extractor(item.id, contest)
        if mark is not None or decided is None or item.published_at < decided:
            found = _texts(store, reader, item, mark)
            said = any(
                reading.claims or reading.guesses or reading.counts or reading.candidacies
                for _, reading in found.texts
            )
            if not (said or found.error or item.id in speaking):
                found = replace(found, item=None, texts=())
            yield found
        watch(done, total)


def _texts(store: Store, reader: ItemReader, item: Item, mark: str | None) -> _Texts:
    editions = tuple(_editions(store, item))
    found = _Texts(id=item.id, mark=mark, editions=len(editions), item=item)
    try:
        return replace(found, texts=tuple((text, reader.read(text)) for text in editions))
    except Exception as error:  # as when it was taken in: whatever breaks the reader costs one item
        problem = f"reading for {reader.contest.id} failed: {type(error).__name__}: {error}"
        return replace(found, error=problem)


def _editions(store: Store, item: Item) -> Iterator[Item]:
    """The item in each of its texts, oldest first, each dated as when it was taken in."""
    editions = store.items.editions(item.id)
    first = item
    for each in editions:
        text = replace(item, title=each.title, summary=each.summary, body=each.body)
        if each.edition == 1:
            first = text
            yield text
        else:
            yield dated(text, first, edition=each.edition, now=each.seen_at)


def _weighed(
    store: Store, reader: ItemReader, read: Sequence[_Texts], *, now: datetime, send: bool, policy: Policy
) -> tuple[Reread, Assessment, list[_Texts]]:
    """What the readings add to the log as it is now, and those that still are of the present text."""
    contest = reader.contest
    state: State = store.states.state({contest.id})
    declared = declare(contest, state, now=now, producer="configuration")
    before = state.contest(contest.id)
    if declared is not None:
        state = suppose(state, [(identity(declared), declared)])
        before = before or state.contest(contest.id)
    fresh = [each for each in read if _present(store, contest.id, each)]
    texts = [text for each in fresh for text in each.texts]
    assessment = reassess(texts, state, now=now, send=send, policy=policy)
    told = tuple(alert for alert in assessment.alerts if not store.outbox.known(alert.key))
    after = suppose(state, [(identity(event), event) for event in assessment.events]).contest(contest.id)
    assert before is not None and after is not None
    found = Reread(
        contest=contest.id,
        extractor=reader.extractor,
        declared=declared,
        read=len(fresh),
        older=sum(each.mark is not None for each in fresh),
        failed=tuple((each.id, each.error) for each in fresh if each.error),
        changed=len(read) - len(fresh),
        events=assessment.events,
        alerts=told,
        before=before,
        standings=diff(before, after, start=now, end=now, policy=policy),
    )
    return found, assessment, fresh


def _present(store: Store, contest: ContestId, read: _Texts) -> bool:
    """Whether the item still has the texts, and the mark, that it was read with."""
    mark, editions = store.readings.extractor(read.id, contest), store.items.editions(read.id)
    return (mark, len(editions)) == (read.mark, read.editions)
