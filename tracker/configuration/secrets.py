"""Secrets: signing keys, tokens and addresses that carry one. Named in the configuration, kept outside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tracker.configuration.tables import Findings, below, blank, read_table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that no log, dump or error may show: only `reveal()` gives it."""

    _text: str

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where secrets are looked for: the environment, and the folder that relative file names start from."""

    environ: Mapping[str, str]
    folder: Path


def read_records(
    table: dict[str, Any], key: str, record: type[R], found: Findings, place: SecretPlace
) -> tuple[R, ...]:
    """The records of an array of tables that may name secrets."""
    stored = table.get(key, [])
    if not isinstance(stored, list):
        found.fault(key, f"expected tables, each headed [[{key}]]")
        return ()
    records: list[R] = []
    for index, entry in enumerate(stored):
        path = f"{key}[{index}]"
        if not isinstance(entry, dict):
            found.fault(path, "expected a table")
            records.append(blank(record))
            continue
        rest, secrets = _take_secrets(entry, record, path, found, place)
        records.append(replace(read_table(rest, record, path, found), **secrets))
    return tuple(records)


def _take_secrets(
    table: dict[str, Any], record: type[R], key: str, found: Findings, place: SecretPlace
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The table without its keys for secrets, and the secrets they name, by the record's fields.

    A secret `token` is given by `token_env`, a variable's name, or `token_file`, a file whose text it is
    (without the last newline). One that is not there is a warning; one
    written into the file is a fault, and is not repeated in it.
    """
    rest = dict(table)
    secrets: dict[str, Any] = {}
    for field in fields(record):
        stem = field.metadata.get("secret")
        if stem is None:
            continue
        if field.name in rest:
            del rest[field.name]
            found.fault(
                below(key, field.name),
                f"a secret is never written here: name a variable with {stem}_env or a file with {stem}_file",
            )
        for source in (f"{stem}_env", f"{stem}_file"):
            named = rest.pop(source, None)
            path = below(key, source)
            if named is None:
                continue
            if not isinstance(named, str) or not named:
                found.fault(path, "expected the name of a variable or file")
                continue
            read = _variable(named, place.environ) if source.endswith("_env") else _file(place.folder / named)
            if isinstance(read, Secret):
                secrets[field.name] = read
            else:
                found.warn(path, read)
    return rest, secrets


def _variable(name: str, environ: Mapping[str, str]) -> Secret | str:
    text = environ.get(name, "")
    return Secret(text) if text else f"the environment variable {name} is not set"


def _file(path: Path) -> Secret | str:
    """The text of a file, or in words why there is none."""
    try:
        text = path.expanduser().read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        return f"{path}: cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        return f"{path}: not UTF-8 text"
    return Secret(text) if text else f"{path}: empty"
