"""A backup is restored beside the live database, and the two change places: on a real server, with its own programs."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.domain.ledger.transfers import TransferKind
from accounts.models import AuditEvent
from accounts.steps.move_demo_money import lock_demo_wallet, move_demo_money
from accounts.tests.cast import NOON
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.threads import at_once
from cryptotrader.tests.recovery.stand import (
    EXPIRY,
    chain_of,
    later_prices,
    names_on,
    open_market_with_two_trades,
    own_target,
    quiet,
    removed_afterwards,
    settle_later,
    trades_of,
)
from monitoring.archive.watch import Watch
from monitoring.models import BackupRun, Restore
from monitoring.recovery import databases
from monitoring.recovery.elsewhere import on_database
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.reconcile_ledger import reconcile_ledger
from monitoring.services.restore_backup import restore_backup
from monitoring.services.restore_dump import Restored, Target
from monitoring.services.undo_restore import undo_restore
from trading.models import FlashTrade, IndexPrice, Instrument, SigningKey
from trading.services.proof.prove_trade import prove_trade
from trading.tests.cast import Trader, trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
ORDERS_MOST = 40


@pytest.fixture
def backup(transactional_db: None, settings: Settings, tmp_path: Path) -> str:
    """A backup with a trade that has won and one that is under way."""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    _, alice = open_market_with_two_trades()
    first = FlashTrade.objects.get(state="settled")
    prove_trade(trade_id=first.pk, user_id=alice.user.pk, issuer="http://testserver", now=EXPIRY)
    return make_backup(clock=timezone.now, watch=Watch()).name


@pytest.fixture
def live(transactional_db: None) -> Iterator[Target]:
    with removed_afterwards(own_target()) as target:
        yield target


def restore(name: str, target: Target, *, exchange: bool = True) -> Restored:
    return restore_backup(wanted=name, target=target, clock=timezone.now, say=quiet, exchange=exchange)


def test_a_restore_to_an_earlier_state_keeps_the_published_chain_and_has_a_way_back(backup: str, live: Target) -> None:
    first = restore(backup, live)
    assert (first.kept_as, first.prices_carried, len(first.lost)) == (None, 0, 1)
    assert [trade[:2] for trade in trades_of(live)] == [("settled", "won"), ("pending", None)]
    with on_database(live.server, live.live):
        row, event = Restore.objects.get(), AuditEvent.objects.get(table="restores")
        # In the backup's own state its run has not ended: health would tell that no backup was made.
        assert (BackupRun.objects.get().name, BackupRun.objects.get().state) == (backup, "done")
        assert (row.source, row.lost, event.object_id) == (backup, list(first.lost), str(row.pk))
        # Nobody knows what was published after the backup: the key of that history signs no other one.
        old, new = SigningKey.objects.order_by("id")
        assert (old.retired_at is None, new.retired_at) == (False, None)
        later_prices()
        settle_later()
        Trader(FlashTrade.objects.first().user).place(at=EXPIRY + timedelta(seconds=61), key="later")  # type: ignore[union-attr]
    chain, trades = chain_of(live), trades_of(live)
    assert [trade[1] for trade in trades] == ["won", "lost", None]

    second = restore(backup, live)
    assert second.prices_carried == 2
    assert any("1 demo USDT" in line for line in second.lost)
    assert chain_of(live) == chain
    assert names_on(live) == [live.live, second.kept_as]
    with on_database(live.server, live.live):
        assert SigningKey.objects.get(retired_at=None).kid == new.kid
        settle_later()
    assert trades_of(live) == trades[:2]  # decided by the same prices as before

    with on_database(live.server, live.live):
        for key in ("after", "the restore"):
            Trader(FlashTrade.objects.first().user).place(at=EXPIRY + timedelta(seconds=61), key=key)  # type: ignore[union-attr]
    back = undo_restore(target=live, name=None, clock=timezone.now, say=quiet)
    assert trades_of(live) == trades
    assert names_on(live) == [live.live, back.kept_as]
    # Both have counted on since the restore, so the same ids are other trades.
    assert list(back.lost) == ["trades were accepted since then: 2 demo USDT"]


def grant_slowly(person: Trader, begun: Event, may_commit: Event) -> None:
    """Moves money, tells so, and commits when it may."""
    with transaction.atomic():
        wallet, _ = lock_demo_wallet(user_id=person.user.pk, wallet_id=person.wallet.id)
        move_demo_money(wallet, TransferKind.GRANT, Decimal(77), now=EXPIRY)
        begun.set()
        assert may_commit.wait(PATIENCE_SECONDS)


def test_what_was_under_way_at_the_snapshot_is_wholly_in_the_backup_or_not_at_all(
    transactional_db: None, live: Target, settings: Settings, tmp_path: Path
) -> None:
    """One transaction has written when the backup begins, and commits while it is made; orders come all the time."""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    _, alice = open_market_with_two_trades()
    bob, begun, may_commit, made = trader("bob"), Event(), Event(), Event()

    def order() -> None:
        assert begun.wait(PATIENCE_SECONDS)
        for number in range(ORDERS_MOST):
            if made.is_set():
                return
            alice.place(at=EXPIRY, stake="1", key=f"under way {number}")

    def commit() -> bool:
        may_commit.set()
        return False

    def back_up() -> str:
        try:
            assert begun.wait(PATIENCE_SECONDS)
            return make_backup(clock=timezone.now, watch=Watch(stop=commit)).name
        finally:
            made.set()
            may_commit.set()

    _, _, name = at_once([lambda: grant_slowly(bob, begun, may_commit), order, back_up])
    assert isinstance(name, str), name
    assert bob.wallet.balance == 10_077
    restore(name, live)  # it compares with the manifest, and verifies the ledger
    with on_database(live.server, live.live):
        assert bob.wallet.balance == 10_000
        under_way = FlashTrade.objects.exclude(state="settled").filter(user=alice.user)
        assert alice.wallet.held == sum(trade.stake for trade in under_way)
        assert reconcile_ledger().faults == ()


def test_the_list_of_losses_has_what_happened_until_the_exchange(backup: str, live: Target) -> None:
    restore(backup, live)
    with on_database(live.server, live.live):
        later_prices()
        settle_later()
        person = FlashTrade.objects.first().user  # type: ignore[union-attr]

    def meanwhile(text: str) -> None:
        """The platform runs on while the restored database is verified, and until it is put in place."""
        if text == "putting it in place":
            with on_database(live.server, live.live):
                Trader(person).place(at=EXPIRY + timedelta(seconds=61), key="meanwhile")
                person.set_password("another one entirely")
                person.save(update_fields=["password"])
                Instrument.objects.update(status="paused")

    report = restore_backup(wanted=backup, target=live, clock=timezone.now, say=meanwhile, exchange=True)
    assert "trades were accepted since then: 1 demo USDT" in report.lost
    assert f"people changed their password since then, and the old one is valid again: {person.email}" in report.lost
    assert any(line.startswith("instruments were opened, paused or closed since then") for line in report.lost)
    with on_database(live.server, live.live):
        assert Restore.objects.latest("id").lost == list(report.lost)


def test_nothing_is_exchanged_on_trial_and_sessions_are_ended_in_earnest(backup: str, live: Target) -> None:
    restore(backup, live)
    with live.server.connect(live.live) as session:
        assert not restore(backup, live, exchange=False).exchanged
        assert names_on(live) == [live.live]
        session.execute("SELECT 1")
        restore(backup, live)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")


def test_two_at_once_are_refused_and_a_killed_one_is_cleared(backup: str, live: Target) -> None:
    with databases.lock(live.server, "restore", live.live) as other:
        with pytest.raises(databases.LockHeld):
            restore(backup, live)
        databases.make(other, databases.beside(live.live, "restore"), like=None)  # what a killed one leaves
    restore(backup, live)
    assert names_on(live) == [live.live]


def test_a_chain_that_has_parted_is_not_carried(backup: str, live: Target) -> None:
    """Somebody removed prices behind the guards: the restored database has them, and theirs don't follow."""
    restore(backup, live)
    with on_database(live.server, live.live):
        later_prices()
        key = SigningKey.objects.get(retired_at=None).kid
    with live.server.connect(live.live) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("DELETE FROM index_prices WHERE priced_at = %s", [EXPIRY])
    report = restore(backup, live)
    assert report.prices_carried == 0
    assert report.lost[0].startswith("BTC-USDT: its chain is another one since")
    with on_database(live.server, live.live):
        assert IndexPrice.objects.filter(priced_at__gte=NOON).count() == 3
        assert SigningKey.objects.get(retired_at=None).kid != key
