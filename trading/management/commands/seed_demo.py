"""Creates demo data for one machine: instruments, two traders, three members of staff; on demand a lively past."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import Error as DatabaseError
from django.utils import timezone

from accounts.database_errors import INSUFFICIENT_PRIVILEGE, sqlstate_of
from accounts.domain.errors import EmailTaken
from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from accounts.services.access.vouch_for_email import vouch_for_email
from accounts.services.people.register_staff import register_staff
from accounts.services.people.register_trader import register_trader
from trading.demo.history import Made, make_history
from trading.demo.obstacles import obstacle
from trading.demo.past_hour import record_past_hour
from trading.demo.people import is_there, register
from trading.demo.plan import plan_demo
from trading.demo.trades import guard_again
from trading.domain.reading import PriceRefused
from trading.feeds.instruments import feed_instruments
from trading.feeds.simulated import secret_seed
from trading.services.instruments.seed_instruments import seed_instruments

TRADERS = {"alice@example.com": "en", "bora@example.com": "ko"}
STAFF = ("staff@example.com", "second@example.com", "third@example.com")
"""Three, because another member must approve a request, and two others the void of a settled trade."""

PASSWORD = "flash-trade-demo"


class Command(OperatorCommand):
    help = (
        "Make the demo instruments, two demo traders (10,000 USDT of demo money each) and three members of staff, "
        "and print how to log in. With --trades also a past that looks alive: --users people with the same password, "
        "--days of the simulated feed's prices (marked as simulated, chained; one a minute, and each second around "
        "trades), demo trades that the real settlement has decided, and a few open ones. A past needs the owner's "
        "login, an empty past and no running feed: `make run DEMO=1` makes one before the first start. It refuses "
        "where real money, other trades or later prices are. With --past-hour an instrument without any price gets the "
        "simulated feed's past hour. Running the command again changes nothing. Refused "
        "unless DJANGO_DEBUG is on, because these passwords are public. "
        "Exit codes: 0 done (also when it was there), 1 refused, 2 wrong usage, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=positive, default=50, help="people of the past (50)")
        parser.add_argument("--trades", type=positive, help="trades of the past (none)")
        parser.add_argument("--days", type=positive, default=3, help="days of the past (3)")
        parser.add_argument("--past-hour", action="store_true", help="the past hour of prices, where there are none")
        parser.add_argument("--json", action="store_true", help="print the logins, and what was made, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("demo logins are only for development: DJANGO_DEBUG is off")
        now = timezone.now()
        seed_instruments()
        for email, locale in TRADERS.items():
            with suppress(EmailTaken):
                register_trader(email=email, password=PASSWORD, locale=locale, now=now)
        for email in STAFF:
            register_staff(email=email, password=PASSWORD, now=now)
        for email in (*TRADERS, *STAFF):
            vouch_for_email(email=email)
        made = self._past(options, now) if options["trades"] else None
        if options["past_hour"] and not options["trades"]:
            self._past_hour()
        self._print(bool(options["json"]), made)

    def _past_hour(self) -> None:
        try:
            record_past_hour(feed_instruments(), seed=_seed(), clock=timezone.now)
        except PriceRefused:
            pass  # a feed is running: its prices fill the chart
        except DatabaseError as error:
            if sqlstate_of(error) != INSUFFICIENT_PRIVILEGE:
                raise
            self.stderr.write("the past hour takes the owner's login: the chart fills from now on")

    def _past(self, options: dict[str, Any], now: datetime) -> Made | None:
        try:
            guard_again()
            if is_there():
                self.stderr.write("the demo's past is there already")
                return None
            return self._make(options, now.replace(microsecond=0))
        except PriceRefused as refusal:
            raise CommandError(f"stop the feed first: {refusal}") from refusal
        except DatabaseError as error:
            if sqlstate_of(error) == INSUFFICIENT_PRIVILEGE:
                raise CommandError("a past takes the owner's login: `manage --as owner seed_demo …`") from error
            raise

    def _make(self, options: dict[str, Any], now: datetime) -> Made:
        end = now - timedelta(seconds=1)
        begin = end - timedelta(days=options["days"])
        if reason := obstacle(begin=begin):
            raise CommandError(reason)
        instruments = [item for item in feed_instruments() if item.tradable]
        symbols = [item.symbol for item in instruments]
        plan = plan_demo(users=options["users"], trades=options["trades"], instruments=symbols, begin=begin, end=end)
        users = register(plan, PASSWORD)
        return make_history(plan, users, instruments, seed=_seed(), clock=timezone.now, tell=self.stderr.write)

    def _print(self, as_json: bool, made: Made | None) -> None:
        logins = [*_logins("trader", TRADERS, "/"), *_logins("staff", STAFF, "/admin/")]
        if as_json:
            past = {"made": asdict(made)} if made else {}
            self.stdout.write(json.dumps({"logins": logins, **past}))
            return
        if made:
            self.stdout.write(
                f"{made.users} people, {made.prices:,} prices, {made.settled:,} settled trades, {made.open} open ones"
            )
        for login in logins:
            self.stdout.write("{role:7} {email:20} {password:18} {page}".format(**login))


def _seed() -> str:
    return os.environ.get("SIMULATION_SEED") or secret_seed()


def _logins(role: str, emails: Sequence[str] | dict[str, str], page: str) -> list[dict[str, str]]:
    return [{"role": role, "email": email, "password": PASSWORD, "page": page} for email in emails]
