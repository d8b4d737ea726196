from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import Conninfo

from cryptotrader import env, env_servers

NAME = "SOME_VARIABLE"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)


def test_it_reads_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "value")
    assert env.text(NAME) == env.text(NAME, "default") == "value"


def test_it_reads_a_secret_from_a_file_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\n")
    monkeypatch.setenv(NAME, "from the variable")
    monkeypatch.setenv(f"{NAME}_FILE", str(secret))
    assert env.text(NAME) == "from the file"


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is not None:
        monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} is not set"):
        env.text(NAME)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_secret_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_bytes(content)
    monkeypatch.setenv(f"{NAME}_FILE", str(secret))
    monkeypatch.setenv(NAME, "never fall back to this")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.text(NAME)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("1", True),
        ("true", True),
        ("Yes", True),
        ("ON", True),
        ("0", False),
        ("False", False),
        ("no", False),
        ("off", False),
    ],
)
def test_it_reads_a_flag(monkeypatch: pytest.MonkeyPatch, value: str, meant: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=not meant) is meant


def test_a_flag_that_nobody_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (env.flag(NAME), env.flag(NAME, True)) == (False, True)
    monkeypatch.setenv(NAME, "")
    assert env.flag(NAME, True) is True


@pytest.mark.parametrize("value", ["ture", "2", "y e s", "-1"])
def test_a_mistyped_flag_stops_the_process(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.flag(NAME)


@pytest.mark.parametrize(
    ("value", "seconds"), [("900", 900), ("45s", 45), ("15m", 900), ("12h", 43_200), ("7d", 604_800), ("0", 0)]
)
def test_it_reads_a_duration(monkeypatch: pytest.MonkeyPatch, value: str, seconds: int) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.seconds(NAME, "1s") == seconds


@pytest.mark.parametrize("value", ["", "m", "-1m", "1.5h", "15 m", "15M", "1w", "٣m", "１m", "1_0", "1h30m"])
def test_a_bad_duration_stops_the_process(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.seconds(NAME, "1s")


def test_it_reads_whole_numbers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.integer(NAME, 20) == 20
    monkeypatch.setenv(NAME, "1.5")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.integer(NAME, 20)


def test_it_takes_known_words_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.choices(NAME, ("USDT", "KRW")) == ()
    monkeypatch.setenv(NAME, "KRW, USDT,KRW")
    assert env.choices(NAME, ("USDT", "KRW")) == ("KRW", "USDT")
    for unknown in ("EUR", "usdt", "USDT KRW", "USDT,ＫＲＷ"):
        monkeypatch.setenv(NAME, unknown)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env.choices(NAME, ("USDT", "KRW"))


def test_it_splits_words_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, " a.example , ,b.example,")
    assert env.words(NAME) == ["a.example", "b.example"]


def test_it_reads_a_database_behind_a_socket_or_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "postgresql://alice:p%40ss@db.example:5433/trades")
    settings = env_servers.database(NAME)
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", 5433, "trades")
    assert (settings["USER"], settings["PASSWORD"]) == ("alice", "p@ss")
    monkeypatch.setenv(NAME, "postgresql://alice@%2Frun%2Fpostgres:5432/trades")
    assert env_servers.database(NAME)["HOST"] == "/run/postgres"


def test_the_options_of_a_database_url_stay_beside_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `sslmode=verify-full` the password and all money would go over the network in the clear."""
    monkeypatch.setenv(NAME, "postgresql://a@db/n?sslmode=verify-full&sslrootcert=/ca.pem&options=-c%20search_path%3Da")
    options = env_servers.database(NAME, {"options": "-c lock_timeout=1s", "pool": {}})["OPTIONS"]
    assert options == {
        "sslmode": "verify-full", "sslrootcert": "/ca.pem", "pool": {},
        "options": "-c search_path=a -c lock_timeout=1s", **env_servers.PATIENCE,
    }  # fmt: skip


def test_nobody_waits_for_minutes_for_a_server_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that met its server as it vanished had no connection for 130 s; its successor was there after 22."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    assert env_servers.PATIENCE.keys() <= known
    monkeypatch.setenv(NAME, "postgresql://a@db/n")
    assert int(env_servers.database(NAME)["OPTIONS"]["connect_timeout"]) <= 5
    monkeypatch.setenv(NAME, "postgresql://a@db/n?connect_timeout=30")
    assert env_servers.database(NAME)["OPTIONS"]["connect_timeout"] == "30"


@pytest.mark.parametrize("query", ["sslmod=require", "conn_max_age=5", "pool=1", "user=b", "application_name=x", "=1"])
def test_an_option_without_effect_stops_the_process(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setenv(NAME, f"postgresql://a@db/n?{query}")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} may not set"):
        env_servers.database(NAME, {"application_name": "us", "pool": {}})


@pytest.mark.parametrize(
    "url", ["sqlite:///db.sqlite3", "mysql://a@b/c", "postgresql://a@b:x/c", "postgresql://a@b", "x"]
)
def test_it_wants_postgresql(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(NAME, url)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env_servers.database(NAME)


def test_cache_and_queue_have_databases_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("redis://:secret@cache.example:6380/0", "redis://:secret@cache.example:6380"):
        monkeypatch.setenv(NAME, url)
        assert env_servers.redis(NAME, 1) == "redis://:secret@cache.example:6380/1"


def test_networks_may_be_single_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEIGHBOURS", "10.0.0.0/8, ::1")
    assert [str(network) for network in env.networks("NEIGHBOURS")] == ["10.0.0.0/8", "::1/128"]
    assert env.networks("NOBODY") == []


@pytest.mark.parametrize(
    "value",
    [
        "10.0.0.1/8",
        "localhost",
        "10.0.0.0/33",
        "*",
        "0.0.0.0/0.0.0.0",
        "10.0.0.0/0.0.0.255",
        "10.0.0.0/08",
        "10.0.0.0/",
    ],
)
def test_what_is_no_network_stops_the_process_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NEIGHBOURS", value)
    with pytest.raises(ImproperlyConfigured, match="NEIGHBOURS"):
        env.networks("NEIGHBOURS")


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("https://Flash.Example/", "https://flash.example"),
        ("https://flash.example:443", "https://flash.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_a_browser_sends_it(monkeypatch: pytest.MonkeyPatch, value: str, meant: str) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.origin(NAME) == meant


@pytest.mark.parametrize(
    "value",
    [
        "flash.example",
        "https://",
        "https://a/b",
        "https://a?b",
        "https://me@a",
        "ftp://a",
        "https://a:b",
        "https://한국",
    ],
)
def test_anything_but_an_origin_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be an origin"):
        env.origin(NAME)


def test_rates_change_one_by_one_and_0_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    default = {"orders": 10, "address": 20}
    assert env.rates(NAME, default) == default
    monkeypatch.setenv(NAME, "orders=600, address=0")
    assert env.rates(NAME, default) == {"orders": 600}


@pytest.mark.parametrize("value", ["orders", "orders=", "orders=-1", "orders=x", "order=5", "orders=５", "600"])
def test_a_rate_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match="such as orders=600"):
        env.rates(NAME, {"orders": 10})


def test_places_have_names_and_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.places(NAME, "data=/srv/data") == {"data": Path("/srv/data")}
    monkeypatch.setenv(NAME, "data=/srv/a=b, backups=/mnt")
    assert env.places(NAME, "data=/srv/data") == {"data": Path("/srv/a=b"), "backups": Path("/mnt")}


@pytest.mark.parametrize("value", ["/srv/data", "data=", "=/srv/data"])
def test_a_place_without_a_name_or_a_path_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.places(NAME, "")
