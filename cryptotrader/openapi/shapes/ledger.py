"""Wallets and their statements."""

from accounts.domain.ledger.transfers import Phase, TransferKind
from accounts.domain.money import SCALES
from cryptotrader.openapi.words import (
    CURRENCY,
    FLAG,
    INSTANT,
    MONEY,
    UID,
    about,
    body,
    choice,
    many,
    named,
    page,
    record,
    text,
    whole,
    whole_list,
)  # fmt: skip

SHAPES = {
    "Wallet": record(
        id=whole(),
        currency=CURRENCY,
        demo=FLAG,
        balance=MONEY,
        held=about(MONEY, "stakes of trades and withdrawals under way"),
        available=about(MONEY, "balance − held"),
        revision=about(whole(), "grows with each change"),
    ),
    "Wallets": whole_list(named("Wallet")),
    "NewWallet": body(["currency"], currency=choice(SCALES)),
    "StatementLine": record(
        id=whole(),
        time=INSTANT,
        kind=choice(TransferKind),
        phase=choice(Phase),
        amount=about(MONEY, "the change of the balance, with its sign"),
        held_change=MONEY,
        balance=MONEY,
        held=MONEY,
        reference=UID,
        description=text(),
    ),
    "Statement": page(named("StatementLine")),
    "WholeStatement": record(
        wallet=record(id=whole(), currency=CURRENCY, demo=FLAG), lines=many(named("StatementLine"))
    ),
}
