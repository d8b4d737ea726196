"""Each kind of transfer connects its own kinds of account, in its own books, for every program."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.ledger.transfers import ROUTES, AccountKind, Route, TransferKind
from accounts.models import LedgerAccount
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.tests.cast import NOON, person
from accounts.tests.guards import refused, run_sql

pytestmark = pytest.mark.refusals

INSERT = """
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    VALUES (%s, 'single', %s, %s, 1, 'USDT', %s, %s, now())
"""


@dataclass(frozen=True)
class Ends:
    """Two accounts of each kind in a book; the second one exists only for wallets."""

    accounts: dict[AccountKind, int]
    other_wallet: int


def open_book(demo: bool) -> Ends:
    """Opens the operator's accounts and two wallets with money."""
    accounts = open_operator_accounts(currency="USDT", demo=demo, now=NOON)
    wallets = []
    for name in (f"carol{demo}", f"dave{demo}"):
        wallet, _ = LedgerAccount.objects.get_or_create(
            kind=AccountKind.WALLET,
            owner_id=person(name).user.pk,
            currency="USDT",
            demo=demo,
            defaults={"created_at": NOON},
        )
        run_sql(INSERT, "payout", accounts[AccountKind.HOUSE], wallet.pk, demo, uuid4())
        wallets.append(wallet.pk)
    return Ends(accounts | {AccountKind.WALLET: wallets[0]}, wallets[1])


def taken(kind: TransferKind, source: int, target: int, demo: bool) -> bool:
    """Whether the database accepts it, or refuses it for its route. It stores nothing."""
    try:
        with transaction.atomic():
            run_sql(INSERT, kind, source, target, demo, uuid4())
            transaction.set_rollback(True)
    except IntegrityError as error:
        if constraint_of(error) != "a_transfer_keeps_to_its_route":
            raise
        return False
    return True


@pytest.mark.parametrize("demo", [True, False])
def test_the_database_takes_exactly_the_routes_that_are_written_down(db: None, demo: bool) -> None:
    ends = open_book(demo)
    ways = 0
    for kind in TransferKind:
        for source in AccountKind:
            for target in AccountKind:
                last = ends.other_wallet if target is AccountKind.WALLET else ends.accounts[target]
                if ends.accounts[source] == last:
                    continue
                routes = [route for route in ROUTES[kind] if demo in route.books]
                expected = any((source, target) == (route.source, route.target) for route in routes)
                assert taken(kind, ends.accounts[source], last, demo) == expected, (kind, source, target, demo)
                ways += expected
    assert ways == (10 if demo else 11)


def test_one_stray_transfer_refuses_its_whole_statement(db: None) -> None:
    ends = open_book(demo=True)
    wallet, house = ends.accounts[AccountKind.WALLET], ends.accounts[AccountKind.HOUSE]
    with refused("a_transfer_keeps_to_its_route"):
        run_sql(
            """INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
               SELECT CASE n WHEN 500 THEN 'payout' ELSE 'stake' END, 'pending', %s, %s, 0.01, 'USDT', true,
                      gen_random_uuid(), now() FROM generate_series(1, 1000) n""",
            wallet,
            house,
        )


def test_every_kind_has_a_route() -> None:
    assert ROUTES.keys() == set(TransferKind)
    assert all(isinstance(route, Route) for routes in ROUTES.values() for route in routes)
