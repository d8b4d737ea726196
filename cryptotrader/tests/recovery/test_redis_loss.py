"""Redis may lose everything at any moment: the database has all that counts, and the sweep finds the rest."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings
from redis import Redis

from accounts.domain.access.attempts import LOCKOUTS, Guess
from accounts.domain.errors import InvalidCredentials, TooManyAttempts
from accounts.models import LedgerAccount
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.keys import made_key, signed_headers
from accounts.tests.rest_client import Api, tokens_of
from accounts.tests.services.access.test_login_limits import attempt, somewhere
from cryptotrader.local.valkey import Valkey
from cryptotrader.tests.money.test_broker_loss import settler
from cryptotrader.tests.money.test_worker_crash import (
    assert_settled_once_and_conserved,
    blocked_on_the_ledger,
    open_many,
    unsettled,
    wait_until,
)
from cryptotrader.tests.support.valkey import OwnValkey
from monitoring.archive.redis_snapshot import redis_snapshot
from monitoring.archive.watch import Watch
from trading.models import FlashTrade
from trading.tasks import settle_due_trades, sweep_due_trades
from trading.tests.cast import Stage, open_stage, trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def redis(own_valkey: OwnValkey, settings: Settings) -> OwnValkey:
    """A Redis that this test may empty, as the site's cache and broker."""
    wait_until(own_valkey.answers, "Valkey")
    settings.BACKUP_REDIS_URL = own_valkey.url()
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": own_valkey.url()}}
    return own_valkey


def empty(redis: OwnValkey) -> None:
    """Its data and its process go, and it comes back empty; a worker may write to it at once."""
    with Redis.from_url(redis.url()) as client:
        client.set("here before", 1)
    redis.kill()
    shutil.rmtree(redis.valkey._directory)
    redis.valkey._directory.mkdir()
    redis.start_again()
    wait_until(redis.answers, "Valkey")
    with Redis.from_url(redis.url()) as client:
        assert not client.exists("here before")


def test_trades_settle_once_though_redis_loses_all_in_the_middle(redis: OwnValkey, tmp_path: Path) -> None:
    """It is emptied while one settlement is half done, others wait in the queue, and the worker holds one more."""
    traders = [trader("alice"), trader("bob")]
    open_many(traders, 200, open_stage())
    with settler(redis, tmp_path) as worker:
        with transaction.atomic():
            LedgerAccount.objects.select_for_update().get(kind="house")
            for _ in range(3):
                worker.send(settle_due_trades, instrument="BTC-USDT")
            wait_until(blocked_on_the_ledger, "the settlement, half done")
            with Redis.from_url(redis.url()) as client:
                client.flushall()
        wait_until(lambda: unsettled() == 0, "the settlement under way")
        empty(redis)
        done = worker.done()
        worker.send(sweep_due_trades)
        wait_until(lambda: worker.done() > done or worker.process.poll() is not None, "a task after the loss")
        worker.assert_alive()
    assert_settled_once_and_conserved(traders, 200)


def test_people_keep_their_access_their_answers_and_their_limits(redis: OwnValkey, stage: Stage) -> None:
    alice, bob = trader("alice"), trader("bob")
    browser, app, key = Client(), Api(token=tokens_of(alice).access), made_key(alice, signs=True)
    browser.force_login(alice.user)
    signed = signed_headers(key, "GET", "/api/v1/wallets")
    assert Api().get("/api/v1/wallets", **signed).status == 200
    order = alice.place(key="kept")
    guesses = [LOCKOUTS[Guess.EMAIL].failures_max, 0]
    for _ in range(guesses[0]):
        with pytest.raises(InvalidCredentials):
            attempt(bob.user.email, "wrong", somewhere())
    wallets = app.get("/api/v1/wallets").content

    empty(redis)
    assert browser.get("/api/v1/me").status_code == 200
    assert app.get("/api/v1/wallets").content == wallets
    assert alice.place(key="kept") == order
    assert FlashTrade.objects.count() == 1
    assert alice.wallet.held == Decimal(100)
    assert Api().get("/api/v1/wallets", **signed).status == 401, "a signature is spent once, also now"
    with pytest.raises(TooManyAttempts):
        attempt(bob.user.email, PASSWORD, somewhere())
    stage.price(NOON.replace(second=1), "60000.00")


def test_a_snapshot_is_restored_with_the_log_off_and_ignored_with_the_log_on(redis: OwnValkey, tmp_path: Path) -> None:
    """The procedure of the runbook. A server that keeps a log of its changes reads that, and not the snapshot."""
    with Redis.from_url(redis.url()) as client:
        client.set("kept", "yes")
    snapshot = tmp_path / "redis.rdb"
    with redis_snapshot(Watch()) as source, snapshot.open("wb") as sink:
        while data := source.read():
            sink.write(data)
    redis.kill()

    def started(home: Path, *, durable: bool) -> tuple[Valkey, bytes | None]:
        server = Valkey(home, durable=durable)
        child = server.start()
        try:
            wait_until(server.answers, "Valkey")
            with Redis.from_url(server.url()) as client:
                found = client.get("kept")
                if not durable:
                    client.config_set("appendonly", "yes")
                    wait_until(lambda: _rewritten(client), "the log")
                return server, found
        finally:
            server.stop(child, lambda: False)

    home = tmp_path / "machine"
    (home / "log").mkdir(parents=True)
    started(home, durable=True)  # a server that has run before
    shutil.copy(snapshot, home / "valkey" / "dump.rdb")
    assert started(home, durable=True)[1] is None
    shutil.rmtree(home / "valkey" / "appendonlydir")
    assert started(home, durable=False)[1] == b"yes"
    assert started(home, durable=True)[1] == b"yes"


def _rewritten(client: Redis) -> bool:
    told = client.info("persistence")
    return told["aof_enabled"] == 1 and not told["aof_rewrite_in_progress"] and not told["aof_rewrite_scheduled"]
