"""REDIS_URL may name sentinels; everything that speaks to Redis is configured from it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.domain.sentinels import Sentinels
from cryptotrader import env_servers

NAME = "REDIS_QUEUE_URL"
URL = "sentinel://:p%40ss@10.0.0.1:26379,10.0.0.2,[::1]:26380/trades"
HOSTS = (("10.0.0.1", 26379), ("10.0.0.2", 26379), ("::1", 26380))


def test_it_reads_sentinels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, URL)
    url = env_servers.redis(NAME, 1)
    assert Sentinels.of(url) == Sentinels(HOSTS, "trades", "p@ss", 1)
    assert Sentinels.of("redis://:a@host:6379/1") is None
    assert Sentinels.of("sentinel://host/trades") == Sentinels((("host", 26379),), "trades", "")


@pytest.mark.parametrize(
    "url",
    [
        "sentinel://:p@h:26379",
        "sentinel://:p@h:26379/",
        "sentinel://:p@h:x/name",
        "sentinel://:p@h:0/name",
        "sentinel://:p@h,/name",
        "sentinel://:p@,h/name",
        "sentinel://user:p@h/name",
        "sentinel:///name",
        "sentinel://:p@h/name/two",
        "sentinel://:p@h/name/1/2",
        "sentinel://:p@h/name?ssl=1",
        "sentinels://:p@h/name",
    ],
)
def test_a_wrong_address_of_sentinels_stops_the_process(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(NAME, url)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be redis://"):
        env_servers.redis(NAME, 0)


def test_the_cache_asks_the_sentinels() -> None:
    cache = env_servers.cache(f"{URL}/0", {"SOCKET_TIMEOUT": 0.25, "SOCKET_CONNECT_TIMEOUT": 0.5})
    assert cache["LOCATION"] == "redis://trades/0"
    options = cache["OPTIONS"]
    assert (options["SENTINELS"], options["PASSWORD"]) == (list(HOSTS), "p@ss")
    assert (options["IGNORE_EXCEPTIONS"], options["SOCKET_TIMEOUT"]) == (True, 0.25)
    asked = options["SENTINEL_KWARGS"]
    assert (asked["password"], asked["socket_timeout"], asked["socket_connect_timeout"]) == ("p@ss", 0.25, 0.5)


def test_a_cache_of_one_server_needs_none_of_that() -> None:
    cache = env_servers.cache("redis://host:6379/0", {"SOCKET_TIMEOUT": 1})
    assert (cache["LOCATION"], cache["OPTIONS"]) == (
        "redis://host:6379/0", {"SOCKET_TIMEOUT": 1, "IGNORE_EXCEPTIONS": True},
    )  # fmt: skip


def test_celery_asks_the_sentinels() -> None:
    url, options = env_servers.broker(f"{URL}/1", {"socket_timeout": 5})
    login = "sentinel://:p%40ss@"
    assert url == f"{login}10.0.0.1:26379/1;{login}10.0.0.2:26379/1;{login}[::1]:26380/1"
    assert (options["master_name"], options["socket_timeout"]) == ("trades", 5)
    assert options["sentinel_kwargs"]["password"] == "p@ss"
    assert env_servers.broker("redis://h/1", {"socket_timeout": 5}) == ("redis://h/1", {"socket_timeout": 5})


def test_a_standby_is_for_reads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://cryptotrader_app:p@db:5001/n?target_session_attrs=any")
    settings = env_servers.connected("SOME_URL", "cryptotrader", read_only=True)
    assert settings["OPTIONS"]["options"].endswith(" -c default_transaction_read_only=on")
    assert "statement_timeout=15s" in settings["OPTIONS"]["options"]
    assert settings["OPTIONS"]["target_session_attrs"] == "any"
    assert settings["OPTIONS"]["pool"]["max_size"] > 0
    assert "read_only" not in env_servers.connected("SOME_URL", "cryptotrader")["OPTIONS"]["options"]
