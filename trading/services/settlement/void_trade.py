"""The void of a settled trade, as an action with a reason and two approvals (rule 10)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Request
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound, mark
from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.money import tell_change, tell_money
from accounts.domain.webhooks.events import Event
from accounts.steps.move_against_house import move_against_house
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from trading.domain.corrections import TradeCorrected, TradeNotSettled, amount_returned
from trading.models import FlashTrade, TradeCorrection
from trading.selectors.trades import trades_by_id
from trading.steps.publish_changes import Change, publish_changes


def read_arguments(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """The action has no arguments: the trade's own money is moved back. Raises the refusals of `voidable_trade`."""
    voidable_trade(subject)
    return {}


def voidable_trade(subject: Subject) -> FlashTrade:
    """The trade that `trade:<id>` names. Raises NotFound, TradeNotSettled, TradeCorrected, NothingToVoid."""
    trade = _trade(subject)
    if trade.profit is None:
        raise TradeNotSettled
    if TradeCorrection.objects.filter(trade=trade).exists():
        raise TradeCorrected
    amount_returned(trade.profit)
    return trade


def execute(request: Request, now: datetime) -> None:
    """Move the trade's money back. Raises InsufficientFunds when the wallet no longer has a win that was paid."""
    trade = voidable_trade(request.about)
    amount = amount_returned(trade.profit or Decimal(0))
    TradeCorrection.objects.create(
        trade=trade, request_id=request.id, reason=request.reason, amount=amount, corrected_at=now
    )
    move_against_house(
        wallet_id=trade.wallet_id, amount=amount, kind=TransferKind.REVERSAL, reference=trade.id, now=now
    )
    tell_by_webhook(Event.TRADE_CORRECTED, [(trade.user_id, trade.id)], now=now)
    transaction.on_commit(partial(publish_changes, [Change(trade.id, trade.user_id, trade.wallet_id)]))


def describe(request: Request) -> Sequence[tuple[str, str]]:
    """Describe the trade to the approvers, as (label, text) lines."""
    trade = _trade(request.about)
    accepted = f"{trade.accepted_at:%Y-%m-%d %H:%M:%S}"
    book = gettext("demo") if trade.demo else gettext("real")
    stake = f"{tell_money(trade.stake, trade.currency)} ({book})"
    profit = tell_change(trade.profit or Decimal(0), trade.currency)
    return [
        (gettext("Trader"), str(trade.user)),
        (gettext("Trade"), f"{trade.instrument.symbol} · {trade.get_direction_display()} · {accepted} UTC"),
        (gettext("Stake"), stake),
        (gettext("Outcome"), str(trade.get_outcome_display())),
        (gettext("Profit"), profit),
    ]


def _trade(subject: Subject) -> FlashTrade:
    found = trades_by_id([subject.uuid("trade")])
    if not found:
        raise NotFound(str(subject))
    return found[0]


def _owner(subject: Subject) -> int:
    return _trade(subject).user_id


VOID_TRADE = Action(
    name="void_trade",
    title=mark("Void a settled trade"),
    read_arguments=read_arguments,
    execute=execute,
    describe=describe,
    owner=_owner,
    requesters=(Role.SUPPORT, Role.RISK),
    approvers=(Role.RISK, Role.FINANCE),
    approvals_needed=2,
    subject_page="admin:trading_flashtrade_change",
)
