"""Measures what pieces of work cost: milliseconds, pages and rows that PostgreSQL reads."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from statistics import median
from typing import Any

from django.contrib.admin import ModelAdmin, site
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind
from accounts.selectors.access.logins import id_of_email
from accounts.services.limits.set_trading_limits import set_trading_limits
from trading.bench.growth.copies import Copies
from trading.bench.stage import SYMBOL, open_all, price
from trading.models import FlashTrade
from trading.services.settlement.settle_due_trades import settle_due_trades

BATCH = 500
READ = """
    SELECT (SELECT sum(hits + reads) FROM pg_stat_io
            WHERE object = 'relation' AND backend_type IN ('client backend', 'background worker')),
           (SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables)
"""
"""The pages of all sessions and of the processes that help them, the rows of our own tables."""
TRADERS_PAGES = {"trader: history": "/history/", "trader: GET /flash-trades": "/api/v1/flash-trades"}
STAFF = "staff: "
STAFFS_PAGE_MS_MAX = 300
"""The promise of each page of the back office among five million trades."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of some rounds of one piece of work, among this many trades."""

    trades: int
    work: str
    milliseconds: float
    buffers: int
    rows: int


def counters() -> tuple[int, int]:
    """The pages and the rows that were read up to now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(READ)
        buffers, rows = cursor.fetchone()
    return int(buffers), int(rows)


class Bench:
    """The pieces of work. Each round has a minute of its own: prices and orders go on, as time does."""

    def __init__(self, copies: Copies, rounds: int) -> None:
        self._copies, self._rounds, self._now = copies, rounds, copies.now
        people = get_user_model().objects
        self._email = people.order_by("-id").values_list("email", flat=True)[0]
        self._users = list(people.order_by("-id").values_list("id", flat=True)[:BATCH])
        self._trader, self._staff = Client(), Client()
        self._trader.force_login(people.get(pk=copies.busy))
        self._staff.force_login(people.create_superuser("staff@example.com", None, locale="en"))
        for kind in (LimitKind.TURNOVER, LimitKind.LOSS):
            change = LimitChange(kind, "USDT", True, 30, Decimal(10**9))
            set_trading_limits(user_id=copies.busy, changes=[change], now=self._now)

    def measure(self, reconcile: Callable[[], object]) -> Iterator[Cost]:
        """The cost of each piece of work, as soon as it is known."""
        yield self._cost("an order", lambda: self._order(self._users[0]), self._minute)
        yield self._cost("an order of a busy person with limits", lambda: self._order(self._copies.busy), self._minute)
        yield self._cost(f"settlement of {BATCH}", self._settle, self._open)
        yield self._cost("sign-in: a person by email", lambda: id_of_email(self._email))
        for client, pages in ((self._trader, TRADERS_PAGES), (self._staff, self._staffs_pages())):
            for work, address in pages.items():
                yield self._cost(work, partial(_get, client, address))
        yield self._cost("reconcile_ledger", reconcile, rounds=1)

    def _staffs_pages(self) -> dict[str, str]:
        """Today, each list, the page of the busy person, and searches by an id and an email."""
        newest = str(FlashTrade.objects.order_by("-id").values_list("id", flat=True)[0])
        trades = "/admin/trading/flashtrade/?q="
        pages = {"Today": "/admin/", "Today, its live part": "/admin/?part=1", "Work": "/admin/work/"}
        pages |= {str(page.opts.verbose_name_plural): _list_of(page) for page in site._registry.values()}
        pages |= {
            "a busy person": f"/admin/accounts/user/{self._copies.busy}/change/",
            "trades by id": f"{trades}{newest}",
            "trades by email": f"{trades}{self._email}",
            "search by half an id": f"/admin/search/?q={newest[:13]}",
            "search by half an email": f"/admin/search/?q={self._email[:6]}",
        }
        return {f"{STAFF}{name}": address for name, address in pages.items()}

    def _cost(
        self, work: str, act: Callable[[], object], prepare: Callable[[], object] | None = None, rounds: int = 0
    ) -> Cost:
        told = []
        for _ in range(rounds or 1 + self._rounds):
            if prepare is not None:
                prepare()
            idle, before = counters(), counters()
            started = time.perf_counter()
            act()
            spent = 1000 * (time.perf_counter() - started)
            after = counters()
            # Less what the look itself has read.
            told.append((spent, *(z - 2 * b + a for a, b, z in zip(idle, before, after, strict=True))))
        warm = told[1:] or told
        milliseconds, buffers, rows = (median(column) for column in zip(*warm, strict=True))
        return Cost(self._copies.made, work, milliseconds, round(buffers), round(rows))

    def _minute(self) -> None:
        self._now += timedelta(seconds=120)
        price(self._now, "60000.00")

    def _order(self, user: int) -> None:
        open_all([user], 1, self._now)

    def _open(self) -> None:
        self._minute()
        expiry = open_all(self._users, BATCH, self._now)
        price(self._now + timedelta(seconds=1), "60000.00")
        settle_due_trades(instrument=SYMBOL, now=self._now + timedelta(seconds=1))
        price(expiry, "60001.00")
        self._now = expiry

    def _settle(self) -> None:
        settled = settle_due_trades(instrument=SYMBOL, now=self._now).settled
        if settled < BATCH:
            raise AssertionError(f"{settled} of {BATCH} trades were settled")


def _list_of(page: ModelAdmin[Any]) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")


def _get(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise AssertionError(f"{address}: {response.status_code} {response.content[:200]!r}")
