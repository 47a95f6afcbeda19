"""The settings: files of one folder and the environment, sound or refused whole; secrets never shown."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import fields
from glob import glob
from pathlib import Path

import pytest

from tracker.configuration.records import (
    ChannelSettings,
    DeliverySettings,
    FeedSettings,
    PollSettings,
    WebSettings,
)
from tracker.configuration.settings import (
    ChannelKind,
    ManyConfigError,
    Settings,
    default_folder,
    load,
    require_ready,
)
from tracker.errors import ConfigError
from tracker.items import OutletClass
from tracker.projection import Policy

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path: Path, sound: str) -> Path:
    """A configuration with one contest and nothing else said."""
    made = tmp_path / "config"
    (made / "contests").mkdir(parents=True)
    (made / "contests" / "port-2030.toml").write_text(sound, "utf-8")
    (made / "tracker.toml").write_text("", "utf-8")
    return made


def settings(folder: Path, main: str = "", feeds: str = "", **environ: str) -> Settings:
    if main:
        (folder / "tracker.toml").write_text(main, "utf-8")
    if feeds:
        (folder / "feeds.toml").write_text(feeds, "utf-8")
    return load(folder, environ)


def faults(folder: Path, main: str = "", feeds: str = "", **environ: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        settings(folder, main, feeds, **environ)
    return {fault.key: f"{fault.line}: {fault.problem}" for fault in caught.value.faults}


def test_what_ships_is_sound_and_says_the_defaults() -> None:
    shipped = load(ROOT / "config", {})
    assert shipped.contest == "nato-sg-2024"
    assert [c.id for c in shipped.contests] == ["nato-sg-2024", "un-sg-2026"]
    assert shipped.database == ROOT / "tracker.db"
    assert (shipped.poll, shipped.delivery) == (PollSettings(), DeliverySettings())
    assert (shipped.web, shipped.policy) == (WebSettings(), Policy())
    assert [c.kind for c in shipped.channels] == [ChannelKind.CONSOLE, ChannelKind.ATOM]
    assert shipped.channels[1].path == ROOT / "var/alerts.atom"
    assert shipped.unready == ()


def test_the_shipped_feeds_are_many_in_many_languages() -> None:
    feeds = load(ROOT / "config", {}).feeds
    assert len(feeds) >= 25
    assert {f.lang for f in feeds} >= {"en", "de", "fr", "es", "nl", "it", "ro", "pt", "pl", "hu"}
    assert all(f.outlet and f.url.startswith("https://") and not f.local for f in feeds)


def test_the_copy_in_the_package_is_the_shipped_one_and_is_found_without_a_folder(tmp_path: Path) -> None:
    inside = default_folder()
    assert inside.resolve() == (ROOT / "config").resolve()
    alone = load(None, {}, here=tmp_path)
    assert alone.folder == inside
    assert alone.database == tmp_path / "tracker.db"
    assert alone.contest == "nato-sg-2024"


def test_a_wheel_takes_every_file_of_the_copy_along() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    package = ROOT / "tracker"
    # As setuptools does, which goes through links to folders.
    patterns = [str(package / pattern) for pattern in built["package-data"]["tracker"]]
    taken = {Path(path) for pattern in patterns for path in glob(pattern, recursive=True)}  # noqa: PTH207
    inside = package / "configuration" / "default"
    names = [p.relative_to(ROOT / "config") for p in (ROOT / "config").rglob("*") if p.is_file()]
    configured = [n for n in names if n.suffix == ".toml" or n.name == "template"]
    assert [n for n in configured if inside / n not in taken] == []
    assert len(configured) >= 5
    assert package / "countries" / "countries.json" in taken


def test_the_folder_here_is_taken_before_the_copy_in_the_package(tmp_path: Path, folder: Path) -> None:
    assert load(None, {}, here=tmp_path).folder == folder
    assert load(None, {"TRACKER_CONFIG": "config"}, here=tmp_path).folder == folder
    elsewhere = tmp_path / "deep" / "er"
    elsewhere.mkdir(parents=True)
    found = load(folder, {}, here=elsewhere)
    assert (found.folder, found.database) == (folder, tmp_path / "tracker.db")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        load(tmp_path / "none", {})


def test_the_environment_stands_over_the_files(folder: Path, tmp_path: Path) -> None:
    found = load(
        folder,
        {
            "TRACKER_DB": "other/my.db",
            "TRACKER_WEB_PORT": "9001",
            "TRACKER_WEB_ENABLED": "no",
            "TRACKER_POLL_TIMEOUT_S": "2.5",
            "TRACKER_POLICY_ORIGINS_NEEDED": "3",
            "TRACKER_UNRELATED": "x",
            "WEB_PORT": "1",
        },
        here=tmp_path / "work",
    )
    assert found.database == tmp_path / "work" / "other" / "my.db"
    assert (found.web.port, found.web.enabled) == (9001, False)
    assert (found.poll.timeout_s, found.policy.origins_needed) == (2.5, 3)


def test_a_wrong_variable_is_named(folder: Path) -> None:
    found = faults(folder, TRACKER_WEB_PROT="1", TRACKER_WEB_PORT="many", TRACKER_POLL_AT_ONCE="0")
    assert found.keys() == {"TRACKER_WEB_PROT", "TRACKER_WEB_PORT", "poll.at_once"}
    assert "did you mean TRACKER_WEB_PORT?" in found["TRACKER_WEB_PROT"]
    assert "expected a whole number, got 'many'" in found["TRACKER_WEB_PORT"]


def test_one_contest_needs_no_default_and_two_do(folder: Path, sound: str) -> None:
    assert settings(folder).contest == "port-2030"
    other = sound.replace('id = "port-2030"', 'id = "port-2031"')
    (folder / "contests" / "port-2031.toml").write_text(other, "utf-8")
    assert "missing; one of: port-2030 port-2031" in faults(folder)["contest"]
    assert "no contest 'port-20311'; did you mean" in faults(folder, 'contest = "port-20311"\n')["contest"]
    assert settings(folder, 'contest = "port-2031"\n').contest == "port-2031"
    assert settings(folder, TRACKER_CONTEST="port-2030").contest == "port-2030"


def test_the_environment_may_name_a_contest_by_its_file(folder: Path, tmp_path: Path, sound: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(sound.replace('id = "port-2030"', 'id = "mine"'), "utf-8")
    found = settings(folder, TRACKER_CONTEST=str(path))
    assert found.contest == "mine"
    assert [c.id for c in found.contests] == ["port-2030", "mine"]


def test_the_template_is_no_contest(folder: Path) -> None:
    shutil.copy(ROOT / "config" / "contests" / "template", folder / "contests" / "template")
    assert [c.id for c in settings(folder).contests] == ["port-2030"]


def test_an_id_in_two_files_is_refused(folder: Path, sound: str) -> None:
    (folder / "contests" / "zz.toml").write_text(sound, "utf-8")
    assert "also the id in port-2030.toml" in faults(folder)["id"]


def test_no_contest_at_all_is_refused(folder: Path) -> None:
    (folder / "contests" / "port-2030.toml").unlink()
    assert "no contest file" in faults(folder)[""]


MAIN = [
    ('contets = "port-2030"\n', "contets", "did you mean 'contest'?"),
    ("[pol]\n", "pol", "did you mean 'poll'?"),
    ('[poll]\ninterval_s = "10"\n', "poll.interval_s", "2: expected a whole number, got the text '10'"),
    ("[poll]\ninterval_s = 5\n", "poll.interval_s", "2: not between shortest_s and longest_s"),
    ("[poll]\ntimeout_s = 0\n", "poll.timeout_s", "2: too small"),
    ("[delivery]\nfirst_retry_s = 99\nlongest_retry_s = 9\n", "delivery.longest_retry_s", "3: shorter"),
    ("[web]\nport = 99999\n", "web.port", "2: not a port"),
    ('[web]\nhost = ""\n', "web.host", "2: empty"),
    ('[web]\nurl = "ftp://x"\n', "web.url", "2: not http or https"),
    ("[policy]\norigins_needed = 0\n", "policy.origins_needed", "2: not a number of origins"),
    ('[[channels]]\nname = "a"\nkind = "mail"\n', "channels[0].kind", "3: not one of: console webhook atom"),
    ('[[channels]]\nkind = "console"\n', "channels[0].name", "1: missing"),
    ('[[channels]]\nname = "A b"\nkind = "console"\n', "channels[0].name", "2: not an id"),
    (
        '[[channels]]\nname = "a"\nkind = "console"\n[[channels]]\nname = "a"\nkind = "console"\n',
        "channels[1].name",
        "5: 'a' is there already",
    ),
    ('[[channels]]\nname = "a"\nkind = "webhook"\n', "channels[0].url", "1: missing"),
    (
        '[[channels]]\nname = "a"\nkind = "webhook"\nurl = "ftp://x.org/"\n',
        "channels[0].url",
        "4: not http or https: 'ftp://x.org/'",
    ),
    (
        '[[channels]]\nname = "a"\nkind = "webhook"\nurl = "http://127.0.0.1:1/"\n',
        "channels[0].url",
        "4: 127.0.0.1 is this machine or a private network: say local = true",
    ),
    ('[[channels]]\nname = "a"\nkind = "console"\nurl = "https://x.org"\n', "channels[0].url", "no meaning"),
    ('[[channels]]\nname = "a"\nkind = "atom"\n', "channels[0].path", "1: missing"),
    (
        '[[channels]]\nname = "a"\nkind = "console"\ncontests = ["port-2029"]\n',
        "channels[0].contests[0]",
        "4: no contest 'port-2029'; did you mean 'port-2030'?",
    ),
    ("channels = 3\n", "channels", "1: expected tables, each headed [[channels]]"),
    ("channels = [3]\n", "channels[0]", "1: expected a table"),
]


@pytest.mark.parametrize(("main", "key", "words"), MAIN)
def test_a_fault_of_tracker_toml_is_named(folder: Path, main: str, key: str, words: str) -> None:
    found = faults(folder, main)
    assert key in found, found
    assert words in found[key]


FEED = '[[feeds]]\nid = "a-b"\nurl = "https://example.org/rss"\n'
FEEDS = [
    (
        FEED.replace("https://example.org/rss", "ftp://example.org"),
        "feeds[0].url",
        "3: not http or https or file",
    ),
    (FEED.replace("https://example.org/rss", "https:///rss"), "feeds[0].url", "3: names no host"),
    (FEED.replace("https://example.org/rss", "https://[x"), "feeds[0].url", "3: not an address"),
    (FEED.replace("https://", "https://me:pw@"), "feeds[0].url", "carries a name or password"),
    (FEED.replace("example.org", "10.0.0.7"), "feeds[0].url", "say local = true"),
    (FEED.replace("example.org", "localhost:99"), "feeds[0].url", "say local = true"),
    (FEED.replace("https://example.org", "file:///x"), "feeds[0].url", "say local = true"),
    (FEED + FEED, "feeds[1].id", "5: 'a-b' is there already, as feeds[0].id"),
    (FEED + FEED.replace("a-b", "c"), "feeds[1].url", "6: is there already, as feeds[0]"),
    (
        FEED + 'class = "offical"\n',
        "feeds[0].class",
        "4: not one of: outlet wire official: 'offical'; did you mean",
    ),
    (FEED + 'outlet_class = "wire"\n', "feeds[0].outlet_class", "unknown key"),
    (FEED + 'elector = "hu"\n', "feeds[0].elector", 'only a feed of class = "official"'),
    (FEED + 'class = "official"\nelector = "qq"\n', "feeds[0].elector", "no elector 'qq'"),
    (FEED + 'country = "uk"\n', "feeds[0].country", "no country 'uk'"),
    (FEED + 'lang = "English"\n', "feeds[0].lang", "not a language"),
    (FEED + "interval_s = 1\n", "feeds[0].interval_s", "4: not between 60 and 21600"),
    ("[feed]\n", "feed", "did you mean 'feeds'?"),
]


@pytest.mark.parametrize(("feeds", "key", "words"), FEEDS)
def test_a_fault_of_feeds_toml_is_named(folder: Path, feeds: str, key: str, words: str) -> None:
    found = faults(folder, feeds=feeds)
    assert key in found, found
    assert words in found[key]


def test_a_feed_is_read_with_all_its_keys(folder: Path) -> None:
    text = FEED + (
        'outlet = "The Port"\nclass = "official"\nelector = "jane-doe"\ncountry = "hu"\nlang = "pt-br"\n'
        "local = true\ninterval_s = 60\nenabled = false\n"
    )
    (feed,) = settings(folder, feeds=text).feeds
    assert feed == FeedSettings(
        id="a-b",
        url="https://example.org/rss",
        outlet="The Port",
        outlet_class=OutletClass.OFFICIAL,
        elector="jane-doe",
        country="hu",
        lang="pt-br",
        local=True,
        interval_s=60,
        enabled=False,
    )


def test_a_local_feed_may_be_a_file_or_on_this_machine(folder: Path) -> None:
    text = FEED.replace("https://example.org/rss", "file:///var/x.xml") + "local = true\n"
    text += FEED.replace("a-b", "c").replace("example.org", "127.0.0.1:80") + "local = true\n"
    assert len(settings(folder, feeds=text).feeds) == 2


def test_every_file_is_looked_at_before_anything_is_refused(folder: Path, sound: str) -> None:
    (folder / "contests" / "port-2030.toml").write_text(sound.replace("[rule]", "[ruel]"), "utf-8")
    with pytest.raises(ManyConfigError) as caught:
        settings(folder, "[web]\nport = -1\n", FEED + 'lang = "x"\n')
    message = str(caught.value)
    for place in ("tracker.toml:2: web.port", "feeds.toml:4: feeds[0].lang", "port-2030.toml:12: ruel"):
        assert f"{folder}" in message and place in message


def test_broken_toml_in_two_files_is_told_of_both(folder: Path) -> None:
    with pytest.raises(ManyConfigError) as caught:
        settings(folder, "[web\n", "= 1\n")
    assert [Path(error.path).name for error in caught.value.errors] == ["tracker.toml", "feeds.toml"]


HOOK = '[[channels]]\nname = "desk"\nkind = "webhook"\n'


def test_secrets_come_from_the_environment_and_files_and_show_nowhere(folder: Path) -> None:
    (folder / "token").write_text("Bearer abc-123\n", "utf-8")
    main = HOOK + 'url_env = "HOOK_URL"\nsigning_key_env = "HOOK_KEY"\nauthorization_file = "token"\n'
    found = settings(folder, main, HOOK_URL="https://hooks.example.org/s3cr3t", HOOK_KEY="whsec_456")
    (channel,) = found.channels
    assert channel.signing_key is not None and channel.signing_key.reveal() == "whsec_456"
    assert channel.authorization is not None and channel.authorization.reveal() == "Bearer abc-123"
    assert channel.address == "https://hooks.example.org/s3cr3t"
    for shown in (repr(found), str(found), f"{channel}", f"{channel.signing_key!s} {channel.signing_key!r}"):
        for secret in ("whsec_456", "abc-123", "s3cr3t"):
            assert secret not in shown
    require_ready(found)


def test_a_secret_that_is_not_there_stops_only_what_needs_it(folder: Path) -> None:
    main = HOOK + 'url_env = "HOOK_URL"\nsigning_key_env = "HOOK_KEY"\nauthorization_file = "none"\n'
    found = settings(folder, main)
    assert found.channels[0].signing_key is None
    with pytest.raises(ConfigError) as caught:
        require_ready(found)
    told = {fault.key: f"{fault.line}: {fault.problem}" for fault in caught.value.faults}
    assert told["channels[0].url_env"] == "4: the environment variable HOOK_URL is not set"
    assert told["channels[0].signing_key_env"] == "5: the environment variable HOOK_KEY is not set"
    assert (
        "6: " in told["channels[0].authorization_file"]
        and "cannot be read" in told["channels[0].authorization_file"]
    )


def test_a_secret_in_the_file_itself_is_refused_and_not_repeated(folder: Path) -> None:
    main = HOOK + 'url = "https://x.org/"\nsigning_key = "whsec_456"\nauthorization = "Bearer abc"\n'
    found = faults(folder, main)
    assert found.keys() == {"channels[0].signing_key", "channels[0].authorization"}
    assert "a secret is never written here" in found["channels[0].signing_key"]
    assert "whsec_456" not in str(found) and "abc" not in str(found)


def test_a_wrong_secret_address_is_refused_and_not_repeated(folder: Path) -> None:
    found = faults(folder, HOOK + 'url_env = "HOOK_URL"\n', HOOK_URL="ftp://hooks.example.org/s3cr3t")
    assert "the secret address" in found["channels[0].url"]
    assert "s3cr3t" not in str(found)


def test_a_feed_may_have_an_authorization_from_outside(folder: Path) -> None:
    (feed,) = settings(
        folder, feeds=FEED + 'authorization_env = "FEED_TOKEN"\n', FEED_TOKEN="Basic eA=="
    ).feeds
    assert feed.authorization is not None and feed.authorization.reveal() == "Basic eA=="


@pytest.mark.parametrize(
    ("file", "record"),
    [
        ("tracker.toml", PollSettings),
        ("tracker.toml", DeliverySettings),
        ("tracker.toml", WebSettings),
        ("tracker.toml", Policy),
        ("tracker.toml", ChannelSettings),
        ("feeds.toml", FeedSettings),
    ],
)
def test_every_key_is_explained_in_the_shipped_file(file: str, record: type) -> None:
    text = (ROOT / "config" / file).read_text("utf-8")
    for field in fields(record):
        stem = field.metadata.get("secret")
        key = f"{stem}_env" if stem else field.metadata.get("key", field.name)
        assert re.search(rf"\b{key}\b", text), key


def test_where_readers_find_the_page() -> None:
    assert WebSettings().address == "http://127.0.0.1:8787"
    assert WebSettings(host="::1", port=80).address == "http://[::1]:80"
    assert WebSettings(url="https://t.example.org/").address == "https://t.example.org"
