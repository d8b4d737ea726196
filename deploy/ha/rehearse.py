"""The rehearsal: everything is started, orders come in, servers are lost, and the orders are counted."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptotrader.local.logins import SUPERUSER
from deploy.ha.faults import FAULTS, Loss
from deploy.ha.forms import Times
from deploy.ha.nodes import Failed, pause, wait_until
from deploy.ha.orders import Orders
from deploy.ha.platform import Platform
from deploy.ha.proof import across, faults_of, of_all, of_fault
from deploy.ha.stores import Programs, Stores
from deploy.load.afterwards import wait_until_settled

AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """The extent of a rehearsal."""

    faults: Sequence[str]
    traders: int
    pause_seconds: float
    settle_seconds: float
    """Of orders before the first loss, and after each repair."""
    times: Times


Say = Callable[[str], None]


class Rehearsal:
    """One run in one directory."""

    def __init__(self, home: Path, programs: Programs, wanted: Wanted, say: Say) -> None:
        self._wanted, self._say = wanted, say
        self._stores = Stores(home, programs, wanted.times)
        self._platform = Platform(home, self._stores)

    def run(self) -> dict[str, Any]:
        """Returns the figures of each loss, those of the whole, and all that isn't as it must be. Raises Failed."""
        try:
            self._say("starting etcd, PostgreSQL under Patroni, HAProxy, Redis and its sentinels")
            self._stores.start()
            self._say("starting the platform")
            self._platform.start()
            orders = Orders(
                self._platform.urls, self._platform.people(self._wanted.traders), self._wanted.pause_seconds
            )
            orders.start()
            pause(self._wanted.settle_seconds)
            losses = [self._lose(fault, orders) for fault in self._wanted.faults]
            ends = [*(loss.at for loss in losses[1:]), time.time()]
            orders.end()
            return self._judge(orders, losses, ends)
        finally:
            self._platform.stop()
            self._stores.stop()

    def _lose(self, fault: str, orders: Orders) -> Loss:
        self._say(f"{fault}: {(FAULTS[fault].__doc__ or '').splitlines()[0]}")
        loss, repair = FAULTS[fault](self._stores)
        self._say(f"{fault}: {loss.successor} follows {loss.lost} after {loss.seconds} s")
        wait_until(lambda: _succeeds(orders, loss), f"{fault}: no order succeeds again", AGAIN_SECONDS)
        pause(self._wanted.settle_seconds)
        repair()
        seconds = self._stores.wait_until_whole()
        self._say(f"{fault}: repaired, {loss.lost} is back after {seconds:.0f} s")
        pause(self._wanted.settle_seconds)
        return loss

    def _judge(self, orders: Orders, losses: Sequence[Loss], ends: Sequence[float]) -> dict[str, Any]:
        database = self._stores.postgres.url(self._stores.primary_port, SUPERUSER)
        self._say("waiting until all trades are settled")
        settled = wait_until_settled(database)
        self._say(f"sending all {len(orders.told.orders)} acknowledged orders again")
        replays = orders.send_all_again()
        figures = [of_fault(loss, orders.told, end, database) for loss, end in zip(losses, ends, strict=True)]
        self._say("verifying the trades that were under way at each loss")
        trades = across(losses, orders.told.orders)
        whole = {
            **of_all(orders.told, database),
            "unsettled": not settled,
            "replays with the same trade": replays["same"],
            "replays with another trade": replays["other"],
            "replays without an answer": replays["failed"],
            "verified trades": len(trades),
            "trades that can't be verified": [trade for trade in trades if not self._passes("verify_trade", trade)],
            "trades that a standby exports": self._exported(),
            "processes that ended": self._platform.ended(),
            "discrepancies of the ledger": not self._passes("reconcile_ledger"),
        }
        return {"losses": figures, "whole": whole, "faults": faults_of(figures, whole)}

    def _exported(self) -> int | None:
        """Returns the number of trades that a standby exports; None if it doesn't come to the end."""
        try:
            return len(self._platform.manage("export_trades", "--quiet").splitlines())
        except Failed as failed:
            self._say(str(failed))
            return None

    def _passes(self, *words: str) -> bool:
        try:
            self._platform.manage(*words)
        except Failed as failed:
            self._say(str(failed))
            return False
        return True


def _succeeds(orders: Orders, loss: Loss) -> bool:
    return any(order.sent >= loss.gone for order in orders.told.orders[-20:])
