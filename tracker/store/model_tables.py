"""The read models' tables: what the log adds up to, for whoever opens the file with SQL.

They are made from `events` and kept in the transaction that appends an event; they can be dropped and
made anew. `DESCRIPTIONS` tells what each column of the file means; it is stored beside the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

# In the order of the columns of INSERT. WITHOUT ROWID: each lies in the order it is asked for, once.
MODELS: Mapping[str, str] = MappingProxyType(
    {
        "contests": """\
    contest TEXT PRIMARY KEY, title TEXT NOT NULL, post TEXT NOT NULL, body TEXT NOT NULL,
    rule TEXT NOT NULL, opened TEXT, closed TEXT, takes_office TEXT, declared_at TEXT NOT NULL,
    decided_at TEXT, decided_for TEXT""",
        "electors": """\
    contest TEXT NOT NULL, elector TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    joined TEXT, left_on TEXT, votes INTEGER NOT NULL, weight REAL NOT NULL, veto INTEGER NOT NULL,
    PRIMARY KEY (contest, elector)""",
        "candidates": """\
    contest TEXT NOT NULL, candidate TEXT NOT NULL, name TEXT NOT NULL, nationality TEXT NOT NULL,
    declared TEXT, withdrawn TEXT,
    PRIMARY KEY (contest, candidate)""",
        "latest_reports": """\
    contest TEXT NOT NULL, elector TEXT NOT NULL, candidate TEXT NOT NULL,
    reports INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (contest, elector, candidate)""",
        "standings": """\
    contest TEXT NOT NULL, elector TEXT NOT NULL, candidate TEXT NOT NULL, stance TEXT, certainty TEXT,
    since TEXT, disputed INTEGER NOT NULL, silence INTEGER NOT NULL, reports INTEGER NOT NULL,
    origins INTEGER NOT NULL, carried_by TEXT, last_report TEXT, told_until TEXT NOT NULL,
    PRIMARY KEY (contest, elector, candidate)""",
        "standing_turns": """\
    contest TEXT NOT NULL, elector TEXT NOT NULL, candidate TEXT NOT NULL, at TEXT NOT NULL, stance TEXT,
    certainty TEXT, since TEXT, disputed INTEGER NOT NULL, silence INTEGER NOT NULL, carried_by TEXT,
    PRIMARY KEY (contest, elector, candidate, at)""",
    }
)

# One row: which weighing the models were made by, and up to which event.
_MARK = """\
CREATE TABLE read_models (
    only INTEGER PRIMARY KEY CHECK (only = 1), edition TEXT NOT NULL, events INTEGER NOT NULL
) STRICT"""

# What was asked most of the tables, ready made.
_VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "standing_spans": """\
SELECT *, lead(at) OVER (PARTITION BY contest, elector, candidate ORDER BY at) AS until
FROM standing_turns""",
        "support": """\
SELECT contest, candidate,
    count(*) FILTER (WHERE stance = 'supports') AS supports,
    count(*) FILTER (WHERE stance = 'leans_support') AS leans_support,
    count(*) FILTER (WHERE stance = 'undecided') AS undecided,
    count(*) FILTER (WHERE stance = 'leans_oppose') AS leans_oppose,
    count(*) FILTER (WHERE stance = 'opposes') AS opposes,
    count(*) FILTER (WHERE disputed) AS disputed
FROM standings GROUP BY contest, candidate""",
    }
)

_TIME = "UTC, ISO 8601, always with microseconds, so that texts sort as moments do"
DESCRIPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "events": {
            "": "The log: facts in the order in which they were learnt; append-only, hash-chained.",
            "seq": "Place in the log, from 1, without gaps.",
            "id": "Made from the event's content; the same event twice has one id.",
            "kind": "What was told: stance_reported, support_counted, candidacy_reported, a correction, ...",
            "version": "Of the shape of this kind.",
            "recorded_at": f"When we learnt of it; {_TIME}. Never goes back.",
            "occurred_at": f"When it happened or was told; {_TIME}.",
            "precision": "How finely occurred_at is known: instant, day, approximate, month.",
            "contest": "Which race.",
            "elector": "Who holds the stance (or a bloc's id), or voted.",
            "candidate": "Toward whom.",
            "stance": "supports, leans_support, undecided, leans_oppose, opposes.",
            "certainty": "official, reported, anonymous, speculation: firmest first; votes have none.",
            "item": "The news item it was read in; empty when a person entered it.",
            "producer": "The reader's version, or the person who entered it.",
            "data": "All else, as canonical JSON.",
            "prev_hash": "SHA-256 of the event before.",
            "hash": "SHA-256 over prev_hash and this row (tracker/log/chain.py).",
        },
        "evidence": {
            "": "The words of each report, for reading; full text in evidence_search.",
            "sentence": "The sentence relied on.",
            "speaker": "Who said it, in the item's words.",
            "outlet": "Who printed it.",
            "title": "The item's headline.",
            "url": "The item's address.",
        },
        "contests": {
            "": "Each race as last declared.",
            "rule": "The decision rule, as JSON.",
            "declared_at": f"When the roster was last declared; {_TIME}.",
            "decided_at": f"When the choice was made; {_TIME}; empty while the race is open.",
            "decided_for": "Who was chosen.",
        },
        "electors": {
            "": "Who decides, by race.",
            "name": "As the roster or the country data name it.",
            "joined": "First day of membership; empty: open.",
            "left_on": "Last day of membership; empty: open.",
            "votes": "0: listed, without a vote.",
            "weight": "Votes it casts.",
            "veto": "1: its opposition alone can stop a candidate.",
        },
        "candidates": {
            "": "Who may get the post, by race.",
            "name": "As the roster has it.",
            "nationality": "Id of the home elector, or ISO 3166 alpha-2 of the home country.",
            "declared": "Day, by the roster.",
            "withdrawn": "Day, by the roster.",
        },
        "latest_reports": {
            "": "The last report heard of each elector and candidate, whatever became of it.",
            "reports": "How many were heard in all.",
            "seq": "The last one's place in the log.",
        },
        "standings": {
            "": "Where each elector stands, by every report (docs/standings.md).",
            "stance": "Empty: nothing known that counts.",
            "certainty": "Of the firmest evidence for it.",
            "since": f"When it began to hold unbroken; {_TIME}.",
            "disputed": "1: firm evidence says otherwise, or silence is told beside support.",
            "silence": "1: undecided only because others tell of no word.",
            "reports": "How many speak for it since it began.",
            "origins": "From how many independent origins.",
            "carried_by": "Id of the event that carries it.",
            "last_report": "Id of the latest event that bears on the present.",
            "told_until": f"When the latest report was told; {_TIME}.",
        },
        "standing_turns": {
            "": "Each moment at which a standing changed. As of a day: its last turn by then.",
            "at": f"From when it holds; {_TIME}.",
        },
        "standing_spans": {"": "standing_turns with the end of each: `until` is empty for what still holds."},
        "support": {"": "How many electors stand where toward each candidate (members of today or not)."},
        "items": {"": "News items as they were first seen; every text they had is in item_texts."},
        "alerts": {"": "Changes of standing that people were, or would have been, told of."},
        "deliveries": {"": "Which alert goes to which channel, and whether it arrived."},
        "feeds": {"": "When each feed was last read, and how that went."},
    }
)


def create(connection: sqlite3.Connection) -> None:
    """Make the read models' tables, empty, inside the transaction that is open."""
    for name, columns in MODELS.items():
        connection.execute(f"CREATE TABLE {name} (\n{columns}\n) STRICT, WITHOUT ROWID")
    connection.execute(_MARK)
    for name, query in _VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS\n{query}")
    describe(connection)


def describe(connection: sqlite3.Connection) -> None:
    """Store the descriptions: `column_name` is empty where a whole table is described."""
    connection.execute(
        "CREATE TABLE column_descriptions (table_name TEXT NOT NULL, column_name TEXT NOT NULL, "
        "description TEXT NOT NULL, PRIMARY KEY (table_name, column_name)) STRICT, WITHOUT ROWID"
    )
    connection.executemany(
        "INSERT INTO column_descriptions VALUES (?, ?, ?)",
        [
            (table, column, text)
            for table, columns in DESCRIPTIONS.items()
            for column, text in columns.items()
        ],
    )
