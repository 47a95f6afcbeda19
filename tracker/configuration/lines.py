"""Where a key stands: its line in the TOML text. Only asked when there is a fault to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.errors import Fault

if TYPE_CHECKING:
    from tree_sitter import Node

Step = str | int
_STEP = re.compile(r'"([^"]*)"|([^.\[\]"]+)|\[(\d+)\]')


def placed(faults: Iterable[Fault], text: str) -> tuple[Fault, ...]:
    """The faults with their lines, in file order; a key that is missing gets the line of its table."""
    faults = tuple(faults)
    if not faults:
        return ()
    lines = _lines(text)
    found = (f if f.line is not None else replace(f, line=_nearest(f.key, lines)) for f in faults)
    return tuple(sorted(found, key=lambda fault: fault.line or 0))


def _nearest(key: str, lines: dict[tuple[Step, ...], int]) -> int | None:
    steps = tuple(_steps(key))
    while steps and steps not in lines:
        steps = steps[:-1]
    return lines.get(steps)


def _steps(key: str) -> Iterator[Step]:
    for quoted, bare, index in _STEP.findall(key):
        yield int(index) if index else (quoted or bare)


def _lines(text: str) -> dict[tuple[Step, ...], int]:
    """Path of every table, key and list element to its 1-based line."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    lines: dict[tuple[Step, ...], int] = {}
    arrays: dict[tuple[Step, ...], int] = {}
    for node in tree.root_node.named_children:
        if node.type == "pair":
            _pair(node, (), lines)
        elif node.type in ("table", "table_array_element"):
            path = _resolved(_key(node.named_children[0]), arrays)
            if node.type == "table_array_element":
                arrays[path] = arrays.get(path, -1) + 1
                lines.setdefault(path, _line(node))
                path = (*path, arrays[path])
            lines.setdefault(path, _line(node))
            for child in node.named_children[1:]:
                if child.type == "pair":
                    _pair(child, path, lines)
    return lines


def _resolved(path: tuple[Step, ...], arrays: dict[tuple[Step, ...], int]) -> tuple[Step, ...]:
    """A header under an array of tables belongs to its latest element."""
    done: tuple[Step, ...] = ()
    for step in path[:-1]:
        done = (*done, step)
        if done in arrays:
            done = (*done, arrays[done])
    return (*done, *path[-1:])


def _pair(node: Node, above: tuple[Step, ...], lines: dict[tuple[Step, ...], int]) -> None:
    key = _key(node.named_children[0])
    for depth in range(1, len(key) + 1):
        lines.setdefault((*above, *key[:depth]), _line(node))
    if len(node.named_children) > 1:
        _value(node.named_children[1], (*above, *key), lines)


def _value(node: Node, path: tuple[Step, ...], lines: dict[tuple[Step, ...], int]) -> None:
    if node.type == "array":
        elements = [child for child in node.named_children if child.type != "comment"]
        for index, child in enumerate(elements):
            lines.setdefault((*path, index), _line(child))
            _value(child, (*path, index), lines)
    elif node.type == "inline_table":
        for child in node.named_children:
            if child.type == "pair":
                _pair(child, path, lines)


def _key(node: Node) -> tuple[Step, ...]:
    if node.type == "dotted_key":
        return tuple(step for child in node.named_children for step in _key(child))
    text = (node.text or b"").decode()
    return (text[1:-1] if node.type == "quoted_key" else text,)


def _line(node: Node) -> int:
    return int(node.start_point[0]) + 1
