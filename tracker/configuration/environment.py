"""TRACKER_* variables that stand over keys of tracker.toml: TRACKER_WEB_PORT over `port` in [web]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_type_hints

from tracker.configuration.tables import Findings, near


def overlay(
    table: dict[str, Any], environ: Mapping[str, str], records: Mapping[str, type], found: Findings
) -> None:
    """Put TRACKER_<TABLE>_<KEY> over the keys of the tables whose records are given by name.

    A variable that names no key of its table, or holds no value of the key's type, is a fault.
    """
    for name, record in records.items():
        keys = get_type_hints(record)
        prefix = f"TRACKER_{name.upper()}_"
        for variable in sorted(v for v in environ if v.startswith(prefix)):
            key = variable.removeprefix(prefix).lower()
            if key not in keys:
                likely = near(key, tuple(keys))
                hint = f"; did you mean {prefix}{likely[0].upper()}?" if likely else ""
                found.fault(variable, f"no key {key!r} in [{name}]{hint}")
                continue
            value = _from_text(environ[variable], keys[key])
            if value is None:
                found.fault(variable, f"expected {_EXPECTED[keys[key]]}, got {environ[variable]!r}")
            elif isinstance(table.setdefault(name, {}), dict):
                table[name][key] = value


_EXPECTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def _from_text(text: str, hint: type) -> bool | int | float | str | None:
    """The value that a variable's text means; `None` when it means none of that type."""
    if hint is bool:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
            text.lower()
        )
    try:
        return text if hint is str else int(text) if hint is int else float(text)
    except ValueError:
        return None
