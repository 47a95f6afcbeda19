"""The documents keep up with the program."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from tracker.log.codec import kinds

ROOT = Path(__file__).parent.parent


def test_every_kind_of_event_is_in_the_decisions() -> None:
    page = (ROOT / "docs" / "design.md").read_text("utf-8")
    assert [kind for kind in kinds() if f"`{kind}`" not in page] == []


def test_the_readme_opens_with_the_two_commands() -> None:
    opening = (ROOT / "README.md").read_text("utf-8")[:700]
    assert "make run" in opening and "make test" in opening


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NAME = re.compile(r"[A-Za-z0-9._-]+")


def names(requirements: list[str]) -> list[str]:
    return [NAME.match(each)[0] for each in requirements]  # type: ignore[index]


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    reasons = {
        name.split(" ")[0]
        for cell in re.findall(r"^\| (.+?) \| .+ \|$", page, re.MULTILINE)
        for name in cell.split(", ")
    }
    required = names(PROJECT["dependencies"])
    assert required and set(required) == reasons - {"library"}
    optional = [name for each in PROJECT["optional-dependencies"].values() for name in names(each)]
    assert optional and [name for name in optional if f"`{name}`" not in page] == []


def test_whatever_the_program_imports_is_declared() -> None:
    extras = PROJECT["optional-dependencies"]
    declared = {
        name.lower().replace("_", "-")
        for each in (PROJECT["dependencies"], *extras.values())
        for name in names(each)
    }
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tracker").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found |= {module.split(".")[0]: path.name for module in modules}
    # Of the standard library only from Python 3.14 on, and of the type checker.
    foreign = set(found) - set(sys.stdlib_module_names) - {"tracker", "compression", "_typeshed"}
    assert len(foreign) > 10
    given = packages_distributions()
    unnamed = [
        module
        for module in sorted(foreign)
        if not {name.lower().replace("_", "-") for name in given.get(module, [module])} & declared
    ]
    assert unnamed == []
