"""The laws of the layout (docs/design.md): imports go one way, in no circle; each door has one keeper."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tracker"

# A module may import from layers before its own, and from its own folder; siblings only where named.
LAYERS = (
    ("errors", "clock"),
    ("stances",),
    ("items", "claims", "rules", "health"),
    ("contests",),
    ("events",),
    ("log", "countries", "extraction", "projection"),
    ("alerts", "assessment", "ballots", "byhand", "counts", "positions", "queries"),
    ("exports", "backtests"),
    ("feeds", "store", "channels", "configuration"),
    ("web", "notebook"),
    ("service",),
    ("cli",),
)
SIBLINGS = {
    ("items", "claims"), ("claims", "items"),
    ("projection", "log"), ("extraction", "countries"), ("log", "projection"),
    ("assessment", "alerts"), ("queries", "alerts"), ("positions", "alerts"),
    ("assessment", "byhand"), ("ballots", "byhand"), ("ballots", "positions"), ("queries", "positions"),
    ("counts", "alerts"),
    ("errors", "clock"), ("clock", "errors"),
}  # fmt: skip
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
OUTSIDE = {"testing", "__main__", "__init__"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE)
        top = relative.parts[0] if len(relative.parts) > 1 else relative.stem
        if top not in OUTSIDE:
            yield top, path


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            if node.module == "tracker":
                for alias in node.names:
                    yield f"tracker.{alias.name}", node.lineno
            elif node.module:
                yield node.module, node.lineno


def test_every_top_level_noun_has_a_layer() -> None:
    assert {top for top, _ in modules()} <= set(RANK)


def test_imports_go_one_way() -> None:
    wrong = []
    for top, path in modules():
        for name, line in imports(path):
            parts = name.split(".")
            if parts[0] != "tracker" or len(parts) < 2 or parts[1] == top:
                continue
            other = parts[1]
            if other in OUTSIDE:
                if not (other == "__init__" or (other == "__main__" and top == "cli")):
                    wrong.append(f"{path}:{line}: {top} imports {name}")
            elif RANK[other] > RANK[top] or (RANK[other] == RANK[top] and (top, other) not in SIBLINGS):
                wrong.append(f"{path}:{line}: {top} imports {name}")
    assert wrong == []


def circle(package: Path) -> str:
    """One circle of imports among the modules of a package, as "a -> b -> a"; empty when there is none.

    Every import statement counts: those for the type checker alone, and those that wait inside a function.
    """
    files = {
        ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(package.rglob("*.py"))
    }
    graph: dict[str, set[str]] = {}
    for module, path in files.items():
        taken: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                taken |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                # What is no module of its own is a name in the one that it is taken from.
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                taken |= {name if name in files else str(node.module) for name in names}
        graph[module] = taken & files.keys()
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # It lists each module before the one that imports it.
        return " -> ".join(reversed(error.args[1]))
    return ""


def test_no_imports_go_in_a_circle() -> None:
    assert circle(PACKAGE) == ""


@pytest.mark.parametrize(
    "back",
    [
        "from shop.till import total",
        "import shop.till",
        "from shop import till",
        "if TYPE_CHECKING:\n    from shop.till import Total",
        "def price():\n    from shop.till import total",
    ],
)
def test_a_circle_is_seen_however_it_is_closed_and_named(back: str, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").write_text("from shop.till import total\n")
    (shop / "till.py").write_text("from shop.goods import price\n")
    (shop / "goods.py").write_text("import shop.words\n")
    (shop / "words.py").write_text("import sys\n")
    assert circle(shop) == ""
    (shop / "words.py").write_text(f"{back}\n")
    found = circle(shop).split(" -> ")
    assert found[0] == found[-1]
    steps = set(pairwise(found))
    assert steps == {
        ("shop.till", "shop.goods"), ("shop.goods", "shop.words"), ("shop.words", "shop.till"),
    }  # fmt: skip


def test_a_part_that_takes_from_its_whole_is_a_circle(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "__init__.py").write_text("from shop.till import total\n")
    (shop / "till.py").write_text("from shop import total\n")
    assert circle(shop) in ("shop -> shop.till -> shop", "shop.till -> shop -> shop.till")


@pytest.mark.parametrize(
    ("library", "keepers"),
    [
        ("sqlite3", {"store"}),
        ("sqlite_utils", {"store"}),
        ("httpx", {"feeds", "channels"}),
        ("socket", {"feeds", "channels", "service"}),
        ("urllib.request", set()),
        ("tomllib", {"configuration", "extraction", "countries"}),
        ("apscheduler", {"service"}),
        ("feedparser", {"feeds"}),
        ("random", set()),
    ],
)
def test_each_door_to_the_world_has_its_keeper(library: str, keepers: set[str]) -> None:
    found = {
        f"{path.relative_to(PACKAGE)}:{line}"
        for top, path in modules()
        for name, line in imports(path)
        if (name == library or name.startswith(library + ".")) and top not in keepers
    }
    assert found == set()


def test_only_the_clock_reads_the_time() -> None:
    found = []
    for _, path in modules():
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"utcnow", "today", "now"}:
                owner = ast.unparse(node.value)
                if owner in {"datetime", "date", "datetime.datetime", "datetime.date"}:
                    found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "time.time":
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    assert found == []


def test_only_the_configuration_reads_the_environment() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for top, path in modules()
        if top not in {"configuration", "cli"}
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    ]
    assert found == []
