"""No model, staff page, command or API door changes a price or an outcome. All run with the application's login."""

import re
from collections.abc import Iterator
from functools import partial
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError, models
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.database_errors import INSUFFICIENT_PRIVILEGE, sqlstate_of
from accounts.models import User
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.rest_client import Api
from cryptotrader.tests.roles.logins import acting_as
from cryptotrader.tests.roles.record import Record, play, the_record
from cryptotrader.tests.support.doors import DOORS
from monitoring.domain.privileges import TABLES, Role, parsed
from trading.models import FlashTrade, IndexPrice
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]

DECISIONS = {
    "price": "1", "entry_price": "1", "exit_price": "1", "outcome": "won", "state": "settled", "profit": "80",
    "priced_at": "2026-03-01 12:00:05", "venues": "[]", "high": "2", "status": "open", "post": "yes",
}  # fmt: skip


@pytest.fixture
def record(stage: Stage, alice: Trader) -> Iterator[Record]:
    """The record of one market; the other stands at noon, where callers find it."""
    play(open_stage("ETH-USDT"), alice)
    with time_machine.travel(NOON, tick=False):
        yield the_record()


def allowed(model: type[models.Model]) -> set[str]:
    grants = TABLES[model._meta.db_table].get(Role.APP, "")
    return {privilege for privilege, column in parsed(grants) if column is None}


@pytest.mark.refusals
def test_no_model_writes_what_its_table_does_not_grant(record: Record) -> None:
    went_through = []
    with acting_as(Role.APP):
        for model in (model for model in apps.get_models() if model._meta.db_table in TABLES):
            rows = model._default_manager.all()
            field = next(field.attname for field in model._meta.concrete_fields if not field.primary_key)
            tries = {
                "UPDATE": partial(rows.update, **{field: F(field)}),
                "DELETE": partial(rows._raw_delete, rows.db),
            }
            for privilege, attempt in tries.items():
                if privilege not in allowed(model) and not is_refused(attempt):
                    went_through.append((model, privilege))
    assert went_through == []
    record.assert_kept()


def is_refused(attempt: Any) -> bool:
    try:
        attempt()
    except DatabaseError as error:
        return sqlstate_of(error) == INSUFFICIENT_PRIVILEGE
    return False


@pytest.mark.refusals
def test_prices_and_trades_refuse_each_way_of_the_orm(record: Record, stage: Stage) -> None:
    with acting_as(Role.APP):
        price, trade = IndexPrice.objects.latest("priced_at"), FlashTrade.objects.filter(state="open").get()
        price.price, trade.outcome, trade.state = 1, "won", "settled"
        new = IndexPrice(
            **{field.attname: getattr(price, field.attname) for field in price._meta.fields} | {"id": None}
        )
        decided = FlashTrade(**{f.attname: getattr(trade, f.attname) for f in trade._meta.fields} | {"id": NEW_ID})
        attempts = [
            price.save, price.delete, new.save, lambda: IndexPrice.objects.bulk_create([new]),
            lambda: IndexPrice.objects.bulk_update([price], ["price"]),
            lambda: IndexPrice.objects.update_or_create(pk=price.pk, defaults={"price": 2}),
            lambda: stage.price(NOON.replace(minute=5), "1"),
            trade.save, trade.delete, lambda: trade.save(update_fields=["outcome"]),
            lambda: FlashTrade.objects.bulk_update([trade], ["outcome"]),
        ]  # fmt: skip
        assert [is_refused(attempt) for attempt in attempts] == [True] * len(attempts)
        with pytest.raises(DatabaseError):
            decided.save(force_insert=True)
    record.assert_kept()


NEW_ID = "0195a1b2-0000-7000-8000-000000000000"


@pytest.mark.long
def test_no_page_of_the_back_office_touches_them(record: Record) -> None:
    boss = User.objects.create_superuser("boss@example.com", PASSWORD, locale="en", joined_at=NOON)
    with acting_as(Role.APP):
        browser = Client(raise_request_exception=False)
        browser.force_login(boss)
        for model, page in admin.site._registry.items():
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            row = model._default_manager.order_by("pk").first()
            addresses = [reverse(f"{name}_add")]
            addresses += [reverse(f"{name}_{action}", args=[row.pk]) for action in ("change", "delete") if row]
            for address in addresses:
                browser.post(address, DECISIONS)
            for action in [*_actions(page), "delete_selected"]:
                chosen = {"action": action, "_selected_action": [row.pk] if row else []}
                browser.post(reverse(f"{name}_changelist"), chosen | DECISIONS)
    record.assert_kept()


def _actions(page: Any) -> list[str]:
    return [action if isinstance(action, str) else action.__name__ for action in page.actions or []]


COMMANDS: dict[str, list[str]] = {
    "create_api_key": ["alice@example.com", "--name", "mine", "--scope", "trade"],
    "vouch_for_email": ["alice@example.com"],
}
"""Commands with required arguments. A new command is tried without any."""

SERVICES = {"run_feed": "it is refused, below; what it does is `Stage.price`, above"}


@pytest.mark.long
def test_no_command_touches_them(record: Record) -> None:
    ours = {name for name, room in get_commands().items() if room in ("accounts", "trading", "monitoring")}
    with acting_as(Role.APP):
        for name in sorted(ours - set(SERVICES)):
            try:
                call_command(name, *COMMANDS.get(name, []), stdout=StringIO(), stderr=StringIO())
            except (CommandError, SystemExit):
                continue
    record.assert_kept()


def test_a_feed_that_cannot_record_does_not_keep_the_right_from_the_one_that_can(record: Record) -> None:
    with acting_as(Role.APP), pytest.raises(CommandError, match="can't record prices") as caught:
        call_command("run_feed")
    assert caught.value.returncode == 2


@pytest.mark.long
def test_no_door_of_the_api_touches_them(record: Record) -> None:
    doors = [(route, *door) for route, methods in DOORS.items() for door in methods.items()]
    for number, (route, method, door) in enumerate(doors):
        caller = trader(f"caller{number}")
        id = door.thing(caller) if door.thing else NEW_ID
        before = the_record()
        with acting_as(Role.APP):
            path = re.sub(r"<\w+:\w+>", str(id), "/" + route.replace("<str:symbol>", SYMBOL))
            body = None if method == "GET" else door.body() | DECISIONS
            answer = Api(caller).send(method, path, body)
        assert answer.status != 500, (method, path, answer.content)
        before.assert_kept()
