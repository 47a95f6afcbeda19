"""There are enough labelled items, in every language, and enough of them yield nothing.

`TRACKER_REWRITE_DOCS=1 pytest tests/extraction/test_corpus_counts.py` puts the present figures in the README.
"""

from __future__ import annotations

import os
import re
from collections import Counter

from corpus_counts import CASES, counted, tables

README = CASES / "README.md"
FIGURES = re.compile(r"(?<=<!-- figures -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
ROW = re.compile(r"^\| `?([\w./-]+?)`? \| (\d+) \|", re.MULTILINE)
LANGUAGES = {"en", "de", "fr", "es", "nl", "it", "ro", "pt", "pl"}


def test_there_are_900_labelled_items_and_a_third_yields_nothing() -> None:
    items = counted()
    assert len(items) >= 900
    assert sum(not item.claims for item in items) >= len(items) / 3


def test_every_language_has_25_items_and_some_that_yield_nothing() -> None:
    items = counted()
    sizes = Counter(item.lang for item in items)
    assert set(sizes) == LANGUAGES
    assert min(sizes.values()) >= 25, sizes
    empty = Counter(item.lang for item in items if not item.claims)
    assert all(empty[lang] >= sizes[lang] / 4 for lang in LANGUAGES), empty


def test_the_readme_promises_no_more_than_there_is() -> None:
    """Items are added all the time; the figures may lag behind, by a tenth at most in all."""
    items = counted()
    page = README.read_text("utf-8")
    if os.environ.get("TRACKER_REWRITE_DOCS"):
        page = FIGURES.sub(lambda _: tables(items), page)
        README.write_text(page, "utf-8")
    told = {name: int(size) for name, size in ROW.findall(page)}
    there = Counter(item.file for item in items) + Counter(item.lang for item in items)
    there["all"] = len(items)
    assert {item.file for item in items} <= set(told), "run again with TRACKER_REWRITE_DOCS=1"
    assert not [name for name, size in told.items() if size > there[name]]
    assert told["all"] >= 0.9 * len(items), "run again with TRACKER_REWRITE_DOCS=1"
