"""The settings: tracker.toml, feeds.toml and contests/*.toml of one folder, and TRACKER_* variables.

`load` reads them all and gives either sound `Settings` or one error with every fault in every file. It is
the only place that is given the environment.

    TRACKER_CONFIG           the folder (as --config)
    TRACKER_DB               the database (as --db)
    TRACKER_CONTEST          the default contest
    TRACKER_POLL_TIMEOUT_S   any key of [poll], [delivery], [web], [policy]: TRACKER_, table, key
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

from tracker.configuration.contest_file import check, parse_toml, read_utf8
from tracker.configuration.environment import overlay
from tracker.configuration.lines import placed
from tracker.configuration.records import (
    ChannelKind,
    ChannelSettings,
    DeliverySettings,
    FeedSettings,
    PollSettings,
    Settings,
    WebSettings,
)
from tracker.configuration.secrets import Secret, SecretPlace, read_records
from tracker.configuration.settings_checks import check_channels, check_feeds, check_numbers
from tracker.configuration.tables import Findings, near, read_table
from tracker.contests import Contest
from tracker.errors import ConfigError, Fault
from tracker.projection import Policy
from tracker.stances import ContestId

__all__ = [
    "ChannelKind",
    "ChannelSettings",
    "DeliverySettings",
    "FeedSettings",
    "ManyConfigError",
    "PollSettings",
    "Secret",
    "Settings",
    "WebSettings",
    "default_folder",
    "load",
    "require_ready",
]


class ManyConfigError(ConfigError):
    """Several files are refused; `errors` has one error a file, `faults` all of them."""

    def __init__(self, errors: tuple[ConfigError, ...]) -> None:
        super().__init__(errors[0].path, tuple(fault for error in errors for fault in error.faults))
        self.errors = errors
        self.args = ("\n".join(str(error) for error in errors),)


def default_folder() -> Path:
    """The copy of the configuration inside the package."""
    return Path(str(files("tracker.configuration"))) / "default"


def load(folder: Path | None, environ: Mapping[str, str], *, here: Path | None = None) -> Settings:
    """Everything configured. Raises ConfigError (several files: ManyConfigError) with every fault.

    folder   `None`: TRACKER_CONFIG, else ./config, else the copy in the package
    environ  TRACKER_* in it stand over what the files say
    here     what relative paths start from when they come from the environment or have no folder of
             their own to lie beside; `None`: the working folder
    """
    here = here or Path.cwd()
    folder, root = _folder(folder, environ, here)
    refused: list[ConfigError] = []
    main, unready = _read_main(folder, environ, root, refused)
    contests = _read_contests(folder, environ, here, refused)
    ids = tuple(contest.id for contest in contests)
    feeds, missing = _read_feeds(folder, environ, contests, main.poll, refused)
    main_faults = Findings.none()
    contest = _default_contest(main, environ, ids, main_faults)
    for n, channel in enumerate(main.channels):
        for m, asked in enumerate(channel.contests):
            if asked not in ids:
                main_faults.fault(f"channels[{n}].contests[{m}]", _no_contest(asked, ids))
    if contests:
        _refuse(folder / "tracker.toml", main_faults, refused)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise ManyConfigError(tuple(refused))
    database = environ.get("TRACKER_DB", "")
    return Settings(
        folder=folder,
        database=(here / database if database else root / main.database).resolve(),
        contest=contest,
        contests=contests,
        feeds=feeds,
        channels=main.channels,
        policy=main.policy,
        poll=main.poll,
        delivery=main.delivery,
        web=main.web,
        unready=(*unready, *missing),
    )


def require_ready(settings: Settings) -> None:
    """Raises ConfigError when something that the files name, such as a signing key, is not there."""
    if settings.unready:
        raise ConfigError(str(settings.folder), settings.unready)


def _folder(given: Path | None, environ: Mapping[str, str], here: Path) -> tuple[Path, Path]:
    """The configuration's folder, and the folder that the database lies in by default."""
    named = given or (Path(environ["TRACKER_CONFIG"]) if environ.get("TRACKER_CONFIG") else None)
    if named is not None:
        folder = (here / named.expanduser()).resolve()
        if not folder.is_dir():
            raise ConfigError(str(named), (Fault(key="", problem="no such folder"),))
        return folder, folder.parent
    if (here / "config").is_dir():
        return here / "config", here
    return default_folder(), here


# -- tracker.toml ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Main:
    """The keys of tracker.toml; channels are read apart, for their secrets."""

    database: str = "tracker.db"
    contest: str = ""
    poll: PollSettings = field(default_factory=PollSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    web: WebSettings = field(default_factory=WebSettings)
    policy: Policy = field(default_factory=Policy)
    channels: tuple[ChannelSettings, ...] = ()


_TABLES = {"poll": PollSettings, "delivery": DeliverySettings, "web": WebSettings, "policy": Policy}


def _read_main(
    folder: Path, environ: Mapping[str, str], root: Path, refused: list[ConfigError]
) -> tuple[_Main, tuple[Fault, ...]]:
    """What tracker.toml and the environment say, and what is named there and missing."""
    path = folder / "tracker.toml"
    found = Findings.none()
    try:
        text = read_utf8(path)
        table = parse_toml(text, str(path))
    except ConfigError as error:
        refused.append(error)
        return _Main(), ()
    variables = Findings.none()
    overlay(table, environ, _TABLES, variables)
    if variables.faults:
        refused.append(ConfigError("environment", tuple(variables.faults)))
    main = read_table(table, _Main, "", found, also=frozenset({"channels"}))
    secrets = SecretPlace(environ, folder)
    channels = read_records(table, "channels", ChannelSettings, found, secrets)
    check_numbers(main.poll, main.delivery, main.web, main.policy, found)
    check_channels(channels, found)
    _refuse(path, found, refused)
    beside = tuple(replace(c, path=(root / c.path).resolve()) if c.path is not None else c for c in channels)
    return replace(main, channels=beside), tuple(placed(found.warnings, text))


def _default_contest(
    main: _Main, environ: Mapping[str, str], ids: tuple[ContestId, ...], found: Findings
) -> ContestId:
    asked = environ.get("TRACKER_CONTEST") or main.contest
    if asked.endswith(".toml"):
        return ids[-1] if ids else ContestId("")
    if not asked and len(ids) == 1:
        return ids[0]
    if asked not in ids:
        found.fault("contest", _no_contest(asked, ids) if asked else f"missing; one of: {' '.join(ids)}")
    return ContestId(asked)


def _no_contest(asked: str, ids: tuple[str, ...]) -> str:
    likely = near(asked, ids)
    hint = f"did you mean {likely[0]!r}?" if likely else f"there are: {' '.join(ids)}"
    return f"no contest {asked!r}; {hint}"


# -- contests and feeds ----------------------------------------------------------------------------


def _read_contests(
    folder: Path, environ: Mapping[str, str], here: Path, refused: list[ConfigError]
) -> tuple[Contest, ...]:
    """The contests of every .toml file in the folder, by file name.

    Last the one that TRACKER_CONTEST names as a file.
    """
    paths = sorted((folder / "contests").glob("*.toml"))
    asked = environ.get("TRACKER_CONTEST", "")
    if asked.endswith(".toml") and (here / asked).resolve() not in [path.resolve() for path in paths]:
        paths.append(here / asked)
    contests: dict[str, Contest] = {}
    held: dict[str, Path] = {}
    for path in paths:
        checked = check(path)
        contest = checked.contest
        if contest is None:
            refused.append(ConfigError(checked.path, checked.faults))
        elif contest.id in held:
            problem = f"{contest.id!r} is also the id in {held[contest.id].name}"
            refused.append(ConfigError(str(path), (Fault(key="id", problem=problem),)))
        else:
            held[contest.id] = path
            contests[contest.id] = contest
    if not paths:
        problem = "no contest file; `tracker contest init` makes one"
        refused.append(ConfigError(str(folder / "contests"), (Fault(key="", problem=problem),)))
    return tuple(contests.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feeds:
    """feeds.toml: nothing but [[feeds]]."""


def _read_feeds(
    folder: Path,
    environ: Mapping[str, str],
    contests: tuple[Contest, ...],
    poll: PollSettings,
    refused: list[ConfigError],
) -> tuple[tuple[FeedSettings, ...], tuple[Fault, ...]]:
    """The feeds (none when there is no file), and what is named there and missing."""
    path = folder / "feeds.toml"
    if not path.exists():
        return (), ()
    found = Findings.none()
    try:
        text = read_utf8(path)
        table = parse_toml(text, str(path))
    except ConfigError as error:
        refused.append(error)
        return (), ()
    read_table(table, _Feeds, "", found, also=frozenset({"feeds"}))
    feeds = read_records(table, "feeds", FeedSettings, found, SecretPlace(environ, folder))
    check_feeds(feeds, contests, poll, found)
    _refuse(path, found, refused)
    return feeds, tuple(placed(found.warnings, text))


def _refuse(path: Path, found: Findings, refused: list[ConfigError]) -> None:
    if found.faults:
        try:
            text = read_utf8(path)
        except ConfigError:
            text = ""
        refused.append(ConfigError(str(path), placed(found.faults, text)))
