"""Deposits and withdrawals of real money."""

from accounts.domain.money import SCALES
from cryptotrader.openapi.words import (
    AMOUNT,
    ANY_TEXT,
    CURRENCY,
    FLAG,
    INSTANT,
    MONEY,
    UID,
    body,
    choice,
    named,
    nullable,
    page,
    record,
    text,
    whole_list,
)  # fmt: skip

PROVIDER = choice(["manual", "btcpay"])
TERMS = {"open": FLAG, "amount_min": MONEY, "daily_max": MONEY, "left_today": MONEY, "fee": MONEY}
SHAPES = {
    "CashierTerms": record(
        currency=CURRENCY,
        deposits=record(**TERMS, provider=PROVIDER, instructions=text()),
        withdrawals=record(**TERMS),
    ),
    "Cashier": whole_list(named("CashierTerms")),
    "Deposit": record(
        id=UID,
        amount=MONEY,
        fee=MONEY,
        currency=CURRENCY,
        provider=PROVIDER,
        checkout_url=nullable(text()),
        state=choice(["requested", "review", "done", "refused", "expired"]),
        requested_at=INSTANT,
        expires_at=INSTANT,
        note=text(),
        reason=text(),
        ended_at=nullable(INSTANT),
    ),
    "Deposits": page(named("Deposit")),
    "NewDeposit": body(["currency", "amount"], currency=choice(SCALES), amount=AMOUNT),
    "DepositNote": body(["note"], note=ANY_TEXT),
    "Beneficiary": record(
        id=UID, currency=CURRENCY, label=text(), address=text(), created_at=INSTANT, usable_from=INSTANT
    ),
    "Beneficiaries": whole_list(named("Beneficiary")),
    "NewBeneficiary": body(
        ["currency", "label", "address"],
        currency=choice(SCALES),
        label=ANY_TEXT,
        address=ANY_TEXT,
        code=nullable(text(most=4096)),
    ),
    "Withdrawal": record(
        id=UID,
        amount=MONEY,
        fee=MONEY,
        currency=CURRENCY,
        beneficiary=record(id=UID, label=text(), address=text()),
        state=choice(["review", "approved", "done", "refused", "cancelled"]),
        requested_at=INSTANT,
        reference=text(),
        reason=text(),
        approved_at=nullable(INSTANT),
        ended_at=nullable(INSTANT),
    ),
    "Withdrawals": page(named("Withdrawal")),
    "NewWithdrawal": body(["beneficiary", "amount"], beneficiary=UID, amount=AMOUNT, code=nullable(text(most=4096))),
}
