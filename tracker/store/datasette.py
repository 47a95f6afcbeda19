"""The file that makes Datasette open a database ready to use: descriptions, facets, questions.

    datasette tracker.db --metadata config/datasette.yaml

It is made of the descriptions stored in the database; a test holds the shipped file to this text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tracker.store.model_tables import DESCRIPTIONS

_FACETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "events": ("kind", "contest", "elector", "candidate", "stance", "certainty"),
        "evidence": ("contest", "elector", "candidate", "stance", "outlet"),
        "standings": ("contest", "candidate", "stance", "certainty", "disputed"),
        "standing_turns": ("contest", "candidate", "stance"),
        "standing_spans": ("contest", "candidate", "stance"),
        "electors": ("contest", "kind"),
        "alerts": ("contest", "candidate"),
    }
)
_SORTS: Mapping[str, str] = MappingProxyType(
    {"events": "seq", "evidence": "seq", "standing_turns": "at", "standing_spans": "at"}
)
# Each with its parameters as Datasette names them.
QUESTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "who_stood_where": (
            "Who stood where at the end of a day",
            "SELECT elector, candidate, stance, certainty, disputed, since, max(at) AS at "
            "FROM standing_turns WHERE contest = :contest AND at <= :day || 'T23:59:59.999999Z' "
            "GROUP BY elector, candidate",
        ),
        "holdouts": (
            "Electors with a vote that do not support a candidate",
            "SELECT electors.elector, name, coalesce(stance, 'unknown') AS stance, certainty, since "
            "FROM electors LEFT JOIN standings ON standings.contest = electors.contest "
            "AND standings.elector = electors.elector AND candidate = :candidate "
            "WHERE electors.contest = :contest AND votes AND stance IS NOT 'supports'",
        ),
        "what_was_said": (
            "Every report whose words hold these, newest first",
            "SELECT evidence.occurred_at, contest, elector, candidate, stance, evidence.sentence, "
            "evidence.outlet, evidence.url FROM evidence_search JOIN evidence "
            "ON evidence.seq = evidence_search.rowid WHERE evidence_search MATCH :words "
            "ORDER BY evidence.seq DESC LIMIT 200",
        ),
        "changes": (
            "What changed, newest first",
            "SELECT t.at, t.contest, t.elector, t.candidate, t.stance, t.certainty, evidence.sentence, "
            "evidence.url FROM standing_turns AS t LEFT JOIN events ON events.id = t.carried_by "
            "LEFT JOIN evidence ON evidence.seq = events.seq ORDER BY t.at DESC LIMIT 200",
        ),
        "support": ("How many stand where toward each candidate", "SELECT * FROM support"),
    }
)


def document() -> str:
    """The whole file, as YAML."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Made by tracker/store/datasette.py; to be used as"
    yield "#   datasette tracker.db --metadata config/datasette.yaml"
    yield "# The names of columns and what they mean are in the database too: column_descriptions."
    yield "title: tracker"
    yield "description: Who backs whom, and on what evidence. Nothing here is an official record."
    yield "databases:"
    yield "  tracker:"
    yield "    tables:"
    for table, columns in DESCRIPTIONS.items():
        yield f"      {table}:"
        yield f"        description: {_text(columns[''])}"
        if table in _FACETS:
            yield f"        facets: [{', '.join(_FACETS[table])}]"
        if table in _SORTS:
            yield f"        sort_desc: {_SORTS[table]}"
        if len(columns) > 1:
            yield "        columns:"
            for column, text in columns.items():
                if column:
                    yield f"          {column}: {_text(text)}"
    yield "    queries:"
    for name, (title, sql) in QUESTIONS.items():
        yield f"      {name}:"
        yield f"        title: {_text(title)}"
        yield f"        sql: {_text(sql)}"


def _text(text: str) -> str:
    """A JSON string, which YAML reads as it is."""
    return json.dumps(text, ensure_ascii=False)
