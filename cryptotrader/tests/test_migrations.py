"""The guards' migrations run backwards and forwards: an operator can go back a release."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from cryptotrader.tests.cast import Stage, open_stage
from cryptotrader.tests.guards import refused, run_sql
from trading.models import PayoutVersion
from trading.tests.payouts import pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def _forward_again() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("_forward_again")
def test_the_guards_of_prices_go_down_and_up(market: Stage) -> None:
    call_command("migrate", "trading", "0001", verbosity=0)
    assert run_sql("UPDATE index_prices SET price = price") == 1

    call_command("migrate", "trading", verbosity=0)
    with refused("prices_are_for_ever"):
        run_sql("UPDATE index_prices SET price = price")


@pytest.mark.usefixtures("_forward_again")
def test_the_guards_of_the_ledger_go_down_and_up(market: Stage) -> None:
    call_command("migrate", "accounts", "0001", verbosity=0)
    account = "INSERT INTO ledger_accounts (kind, currency, demo, balance, held, revision, created_at)"
    run_sql(f"{account} VALUES ('house', 'EUR', true, 0, 0, 0, now())")
    assert run_sql("UPDATE ledger_accounts SET balance = 1") == 1
    assert run_sql("DELETE FROM ledger_accounts") == 1

    call_command("migrate", "accounts", verbosity=0)
    with refused("accounts_start_empty"):
        run_sql(f"{account} VALUES ('house', 'EUR', true, 1, 0, 0, now())")


@pytest.mark.usefixtures("_forward_again")
def test_the_rates_of_instruments_become_versions_and_go_back(market: Stage) -> None:
    pay("0.7")
    call_command("migrate", "trading", "0018", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payout_rate FROM instruments")
        assert cursor.fetchall() == [(Decimal("0.7000"),)]
    run_sql("UPDATE instruments SET payout_rate = 1.5001")

    call_command("migrate", "trading", verbosity=0)
    found = PayoutVersion.objects.values_list("version", "rate", "rates", "edge_min")
    assert list(found) == [(1, Decimal("1.5001"), {}, Decimal("-0.2501"))]
    with refused("payouts_are_for_ever"):
        run_sql("DELETE FROM payout_versions")
