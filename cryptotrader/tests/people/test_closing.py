"""Closing an account: for ever, with nothing left under way, also in parallel with other requests."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.db import transaction
from django.test import Client

from accounts.domain.access.api_keys import key_terms
from accounts.domain.access.scopes import AccountClosed, Scope
from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.domain.people.closing import AccountInUse
from accounts.models import ApiKey, Deposit, LedgerAccount, User
from accounts.services.access.keys.make_api_key import make_api_key
from accounts.services.people.close_account import close_account
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, PASSWORD, standing
from accounts.tests.rest_client import Api
from accounts.tests.threads import at_once
from trading.models import FlashTrade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/api/v1/me/close"


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def ann(market: Stage) -> Trader:
    return trader("ann")


def close(who: Trader, **given: str | None) -> None:
    wish = {"password": PASSWORD, "code": None, "confirmation": who.user.email} | given
    user = User.objects.get(pk=who.user.pk)
    close_account(user=user, clock=standing(NOON), **wish)  # type: ignore[arg-type]


def body(who: Trader) -> dict[str, str]:
    return {"password": PASSWORD, "confirmation": who.user.email}


def test_a_closed_account_is_out_everywhere_and_keeps_its_ledger(ann: Trader, client: Client) -> None:
    terms = key_terms(name="bot", scopes=[Scope.READ], networks=[], expires_at=None, signs=False, now=NOON)
    key = make_api_key(user_id=ann.user.pk, terms=terms, now=NOON)
    api, bot = Api(ann), Api(token=key.secret)
    assert client.login(email=ann.user.email, password=PASSWORD)
    assert api.post(PATH, body(ann)).status == 204

    assert [caller.get("/api/v1/wallets").status for caller in (api, bot)] == [401, 401]
    assert client.get("/settings/").status_code == 302
    assert not client.login(email=ann.user.email, password=PASSWORD)
    user = User.objects.get(pk=ann.user.pk)
    assert (user.is_active, bool(user.closed_at)) == (False, True)
    assert ApiKey.objects.get().revoked_at
    assert ann.wallet.balance == 10_000
    assert_the_ledger_balances()
    with pytest.raises(AccountClosed):
        ann.place()
    with pytest.raises(AccountClosed):
        close(ann)


def test_its_email_is_never_used_again(ann: Trader) -> None:
    close(ann)
    Api().post("/api/v1/auth/register", {"email": ann.user.email.upper(), "password": "another good password"})
    assert User.objects.filter(email=ann.user.email).count() == 1
    Api().post("/api/v1/auth/token", {"email": ann.user.email, "password": PASSWORD}).assert_problem(
        401, "invalid-credentials"
    )


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"password": "wrong"}, "password", "wrong"),
        ({"password": None}, "password", "required"),
        ({"password": "\0"}, "password", "invalid"),
        ({"confirmation": "ann"}, "confirmation", "mismatch"),
        ({"confirmation": ["ann@example.com"]}, "confirmation", "invalid"),
        ({"confirmation": "\ud800"}, "confirmation", "invalid"),
    ],
)
def test_it_wants_the_password_and_the_email(ann: Trader, change: dict[str, object], field: str, code: str) -> None:
    answer = Api(ann).post(PATH, {**body(ann), **change}).assert_problem(400, "invalid-input")
    assert answer.fields == {field: code}
    assert User.objects.get().is_active


def test_guessing_the_password_ends(ann: Trader) -> None:
    api = Api(ann)
    statuses = [api.post(PATH, body(ann) | {"password": f"guess {n}"}).status for n in range(6)]
    assert statuses == [400] * 5 + [429]
    api.post(PATH, body(ann)).assert_problem(429, "too-many-attempts")


def test_it_wants_a_code_of_the_second_factor(ann: Trader, client: Client) -> None:
    api = Api(ann)
    secret = "JBSWY3DPEHPK3PXP" * 2
    TOTP.activate(ann.user, secret)
    api.post(PATH, body(ann)).assert_problem(401, "second-factor-required")
    api.post(PATH, body(ann) | {"code": "00"}).assert_problem(401, "second-factor-wrong")
    code = format_hotp_value(hotp_value(secret, int(NOON.timestamp()) // 30))
    close(ann, code=code)
    assert not User.objects.get().is_active


def test_no_key_and_no_visitor_closes_an_account(ann: Trader) -> None:
    terms = key_terms(name="bot", scopes=[Scope.READ, Scope.TRADE], networks=[], expires_at=None, signs=False, now=NOON)
    key = make_api_key(user_id=ann.user.pk, terms=terms, now=NOON)
    Api(token=key.secret).post(PATH, body(ann)).assert_problem(403, "person-required")
    Api().post(PATH, body(ann)).assert_problem(401, "not-authenticated")
    assert User.objects.get().is_active


def test_it_waits_for_open_trades(ann: Trader, market: Stage) -> None:
    ann.place(seconds=15)
    answer = Api(ann).post(PATH, body(ann)).assert_problem(409, "account-in-use")
    assert answer.json()["obstacles"] == ["money-held"]
    market.prices(NOON + timedelta(seconds=1), ["60000.00"] * 17)
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=18))
    assert Api(ann).post(PATH, body(ann)).status == 204


def test_it_waits_for_real_money_and_payments(ann: Trader) -> None:
    operator = open_operator_accounts(currency="USDT", demo=False, now=NOON)
    wallet = LedgerAccount.objects.create(
        kind=AccountKind.WALLET, owner=ann.user, currency="USDT", demo=False, created_at=NOON
    )
    paid_in = Move(
        kind=TransferKind.DEPOSIT,
        phase=Phase.SINGLE,
        source_id=operator[AccountKind.FUNDING],
        target_id=wallet.pk,
        amount=Decimal("0.01"),
        currency="USDT",
        demo=False,
        reference=uuid4(),
    )
    with transaction.atomic():
        post_transfers([paid_in], now=NOON)
    Deposit.objects.create(
        id=uuid4(),
        user=ann.user,
        wallet=wallet,
        idempotency_key="k",
        amount=5,
        currency="USDT",
        provider="manual",
        requested_at=NOON,
        expires_at=NOON,
    )
    with pytest.raises(AccountInUse) as caught:
        close(ann)
    assert caught.value.extra["obstacles"] == ["real-money", "payments"]


def test_no_order_is_committed_after_the_closing(ann: Trader) -> None:
    """Either the trade commits first and the account stays open, or the account closes and no trade is under way."""

    def shut() -> object:
        close(ann)
        return ann.wallet.revision  # grows with each order

    orders: list[Callable[[], object]] = [partial(ann.place, stake="1", key=f"k{n}") for n in range(7)]
    *results, revision = at_once([*orders, shut])
    user = User.objects.get(pk=ann.user.pk)
    trades = FlashTrade.objects.count()
    assert sum(isinstance(result, FlashTrade) for result in results) == trades
    if user.is_active:
        assert isinstance(revision, AccountInUse)
        assert trades > 0
    else:
        assert (trades, ann.wallet.held, ann.wallet.revision) == (0, 0, revision)
        assert all(isinstance(result, AccountClosed) for result in results)


def test_the_page_closes_too_and_says_what_is_in_the_way(ann: Trader, client: Client) -> None:
    assert client.login(email=ann.user.email, password=PASSWORD)
    html = client.post("/settings/close/", body(ann) | {"password": "wrong"}).content.decode()
    assert "The password is wrong." in html
    html = client.post("/settings/close/", body(ann) | {"confirmation": "me"}).content.decode()
    assert "This is not the email of your account." in html
    html = client.post("/settings/close/", body(ann)).content.decode()
    assert "Your account is closed" in html
    assert ann.user.email not in html
    assert client.get("/settings/").status_code == 302
    bob = trader("bob")
    bob.place()
    assert client.login(email=bob.user.email, password=PASSWORD)
    html = client.get("/settings/close/").content.decode()
    assert "Money is held" in html
    assert 'name="password"' not in html
