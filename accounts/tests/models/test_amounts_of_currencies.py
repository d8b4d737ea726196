"""The database moves no amount that nobody can own: in each currency, to its smallest one."""

import re
from pathlib import Path

import pytest
from django.db import connection

import accounts
from accounts.domain.money import SCALES, step
from accounts.models import Deposit
from accounts.tests.guards import refused, run_sql
from accounts.tests.till import Customer

FILES = sorted((Path(accounts.__file__).parent / "sql").glob("*/*_to_*_currency.sql"))


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_table_takes_the_smallest_amount_of_each_currency_and_no_part_of_it(file: Path) -> None:
    check = file.read_text().partition(" CHECK ")[2].rstrip().rstrip(";")
    columns = re.findall(r"trunc\(\s*(\w+),", check)
    assert columns
    for currency in SCALES:
        for odd in (None, *columns):
            smallest = step(currency)
            row = {name: smallest / 10 if name == odd else 3 * smallest for name in columns}
            values = ", ".join(f"{amount:f} AS {name}" for name, amount in row.items())
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {check} FROM (SELECT '{currency}' AS currency, {values}) AS t")
                assert cursor.fetchone() == (odd is None,), (currency, odd)
    with connection.cursor() as cursor:
        values = ", ".join(f"1 AS {name}" for name in columns)
        cursor.execute(f"SELECT {check} FROM (SELECT 'EUR' AS currency, {values}) AS t")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
def test_the_tables_have_these_checks(payer: Customer, fay: object) -> None:
    payer.stored_withdrawal()
    deposit = Deposit.objects.values_list("pk", flat=True)[0]
    with refused("transfer_keeps_to_its_currency"):
        run_sql(
            "INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)"
            " SELECT kind, phase, source_id, target_id, 0.001, currency, demo, %s, now() FROM transfers"
            " WHERE phase = 'single' LIMIT 1",
            deposit,
        )
    with refused("terms_keep_to_their_currency"):
        run_sql("UPDATE cashier_terms SET withdrawal_fee = 0.001")
    copied = {"id": "gen_random_uuid()", "idempotency_key": "'new'", "amount": "0.001", "state": "'requested'"}
    columns = [field.attname for field in Deposit._meta.concrete_fields]
    values = ", ".join(copied.get(name, "NULL" if name == "ended_at" else name) for name in columns)
    with refused("deposit_keeps_to_its_currency"):
        run_sql(f"INSERT INTO deposits ({', '.join(columns)}) SELECT {values} FROM deposits LIMIT 1")
