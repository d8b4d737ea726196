"""The open cashier, and traders with real money, for the tests of deposits and withdrawals."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from accounts.domain.cashier.real_money import DepositRequest, WithdrawalRequest
from accounts.domain.ledger.transfers import AccountKind, Phase
from accounts.models import Beneficiary, CashierTerms, Deposit, LedgerAccount, Withdrawal
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.services.cashier.add_beneficiary import add_beneficiary
from accounts.services.cashier.credit_deposit import credit_seen_payment
from accounts.services.cashier.open_deposit import open_deposit
from accounts.services.cashier.request_withdrawal import request_withdrawal
from accounts.steps.cashier.move_real_money import credit, pay_out
from accounts.tests.cast import NOON, Person
from accounts.tests.codes import App

ADDRESS = "TXYZaBcDeFgHiJkLmNoPqRsTuVwXyZ1234"
TOMORROW = NOON + timedelta(days=1)
"""The time at which beneficiaries from noon become usable."""

TERMS: dict[str, Any] = {
    "deposits_open": True,
    "withdrawals_open": True,
    "deposit_instructions": "Pay to account 12-345.",
    "deposit_min": Decimal(10),
    "deposit_daily_max": Decimal(100_000),
    "deposit_fee": Decimal(1),
    "withdrawal_min": Decimal(20),
    "withdrawal_daily_max": Decimal(2000),
    "withdrawal_fee": Decimal(2),
    "four_eyes_from": Decimal(1000),
}


def open_terms(currency: str = "USDT", **changed: object) -> CashierTerms:
    """Creates the terms: deposits of 10 to 100,000 with a fee of 1, withdrawals of 20 to 2,000 a day, fee 2."""
    return CashierTerms.objects.create(currency=currency, **{**TERMS, **changed})


@dataclass
class Customer:
    """A trader with a real wallet and an authenticator app. The app's code of each half minute is valid once."""

    trader: Person
    app: App | None
    wishes: int = 0

    @property
    def id(self) -> int:
        return int(self.trader.user.pk)

    @property
    def wallet(self) -> Wallet:
        (wallet,) = [wallet for wallet in wallets_of(self.id) if not wallet.demo]
        return wallet

    @property
    def money(self) -> tuple[str, str]:
        """Returns the wallet's balance and hold, to the cent."""
        return f"{self.wallet.balance:.2f}", f"{self.wallet.held:.2f}"

    def code(self, at: datetime) -> str:
        assert self.app
        return self.app.at(at)

    def wish_deposit(self, amount: str = "100", *, key: str = "") -> DepositRequest:
        self.wishes += 1
        return DepositRequest(self.id, key or f"wish-{self.wishes}", "USDT", Decimal(amount))

    def deposit(self, amount: str = "100", *, key: str = "", at: datetime = NOON) -> Deposit:
        return open_deposit(self.wish_deposit(amount, key=key), now=at).deposit

    def pay_in(self, amount: str, *, by: int, at: datetime = NOON) -> None:
        """Brings this much money into the wallet, its fee on top, past all limits."""
        deposit = self.deposit(str(Decimal(amount) + 1), at=at)
        credit_seen_payment(deposit, reference=f"seen {deposit.pk}", decided_by=by, now=at)

    def beneficiary(self, address: str = ADDRESS, *, at: datetime = NOON) -> Beneficiary:
        return add_beneficiary(
            user_id=self.id, currency="USDT", label="cold wallet", address=address, code=self.code(at), now=at
        )

    def wish_withdrawal(self, amount: str, beneficiary_id: UUID, *, key: str = "") -> WithdrawalRequest:
        self.wishes += 1
        return WithdrawalRequest(self.id, key or f"wish-{self.wishes}", beneficiary_id, Decimal(amount))

    def withdraw(self, amount: str, *, key: str = "", at: datetime = TOMORROW) -> Withdrawal:
        """Uses an API key: a code of the app would allow only one withdrawal in half a minute."""
        beneficiary = Beneficiary.objects.filter(user_id=self.id).order_by("created_at")[0]
        wish = self.wish_withdrawal(amount, beneficiary.pk, key=key)
        return request_withdrawal(wish, code=None, by_api_key=True, now=at).withdrawal

    # The stored rows, independent of the present terms, and also without terms.

    def stored_deposit(self) -> Deposit:
        return Deposit.objects.create(**self._stored(), provider="manual", expires_at=TOMORROW)

    def stored_withdrawal(self) -> Withdrawal:
        with transaction.atomic():
            credit(self.stored_deposit(), now=NOON)
            beneficiary = self.stored_beneficiary()
            withdrawal = Withdrawal.objects.create(**self._stored(), provider="manual", beneficiary=beneficiary)
            pay_out(withdrawal, Phase.PENDING, now=NOON)
        return withdrawal

    def stored_beneficiary(self) -> Beneficiary:
        added, usable = NOON - timedelta(days=2), NOON - timedelta(days=1)
        return Beneficiary.objects.create(
            id=uuid4(),
            user_id=self.id,
            currency="USDT",
            label="cold wallet",
            address=ADDRESS,
            created_at=added,
            usable_from=usable,
        )

    def _stored(self) -> dict[str, Any]:
        return {
            "id": uuid4(),
            "user_id": self.id,
            "wallet_id": self.wallet.id,
            "idempotency_key": uuid4().hex,
            "amount": Decimal(100),
            "currency": "USDT",
            "requested_at": NOON,
        }


def customer(trader: Person, app: App | None = None) -> Customer:
    """Gives a trader a real wallet."""
    LedgerAccount.objects.create(
        kind=AccountKind.WALLET, owner=trader.user, currency="USDT", demo=False, created_at=NOON
    )
    return Customer(trader, app)
