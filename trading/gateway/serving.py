"""Serves the batches of the lanes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db import Error, InterfaceError, OperationalError
from django.utils import timezone, translation
from rest_framework.response import Response

from accounts.database_errors import sqlstate_of
from accounts.domain.access.scopes import KeyAccess
from accounts.domain.errors import Refusal
from accounts.services.access.authenticate_token import TokenAccess
from trading.domain.orders import Order
from trading.gateway.admission import admit
from trading.gateway.sent import Outcome, Sent
from trading.rest import flash_trades
from trading.services.orders.open_trades import Accepted, open_trades

ORDERS_MAX = 100
"""A commit of more rows costs hardly less for each."""

LOST = ("08", "57P", "53")
"""The SQLSTATEs of a server that goes away or has no place: to try the halves would only cost time."""

LOCK_NOT_AVAILABLE = "55P03"


@dataclass
class Round:
    """Orders for one transaction: one of a person, and of one language where the language matters."""

    sent: list[Sent] = field(default_factory=list)
    people: set[Any] = field(default_factory=set)
    language: str | None = None

    def takes(self, sent: Sent, order: Order) -> bool:
        """Whether the order fits in; then it is in."""
        language = sent.language if _may_be_told_a_quote(order) else None
        if sent.user.pk in self.people or (language and self.language and language != self.language):
            return False
        self.sent.append(sent)
        self.people.add(sent.user.pk)
        self.language = self.language or language
        return True


def serve_orders(batch: Sequence[Sent]) -> None:
    """Opens the trades of a batch in one transaction; leaves an order that waits for a lock."""
    orders = {sent: order_from(sent) for sent in admit(batch, timezone.now())}
    for each in _rounds(orders):
        with translation.override(each.language):
            results = open_by_halves([orders[sent] for sent in each.sent])
        for sent, result in zip(each.sent, results, strict=True):
            if result is not None:
                sent.settle(_outcome(result))


def serve_order_alone(sent: Sent) -> None:
    """Opens the trade of an order that was admitted, and waited for a lock."""
    with translation.override(sent.language):
        (result,) = open_trades([order_from(sent)], clock=timezone.now)
    sent.settle(_outcome(result))


def serve_each(batch: Sequence[Sent]) -> None:
    """Answers requests one after the other; only their callers are found together."""
    for sent in admit(batch, timezone.now()):
        sent.settle(_answer(sent))


def serve_lists(batch: Sequence[Sent]) -> None:
    """Answers with the newest trades of all callers together; if that fails, of each by itself."""
    left = admit(batch, timezone.now())
    try:
        answers = flash_trades.newest_trades(left) if left else []
    except Exception as error:
        if _is_lost(error):
            raise
        for sent in left:
            sent.settle(_answer(sent))
        return
    for sent, answer in zip(left, answers, strict=True):
        sent.settle(answer)


def _answer(sent: Sent) -> Outcome:
    if sent.route.answer is None:
        raise TypeError("an order is answered with its batch")
    try:
        with translation.override(sent.language), pghistory.context(**sent.audit, user=sent.user.pk):
            return sent.route.answer(sent)
    except Exception as error:
        return error


def order_from(sent: Sent) -> Order:
    """Returns the order of an admitted request."""
    if sent.order_of is None or sent.caller is None:
        raise TypeError("only an admitted order is one")
    access = sent.caller.access
    started_at = access.session_started_at if isinstance(access, TokenAccess) else None
    key_id = access.id if isinstance(access, KeyAccess) else None
    return sent.order_of(sent.user.pk, session_started_at=started_at, api_key_id=key_id)


def open_by_halves(orders: Sequence[Order]) -> list[Accepted | Exception | None]:
    """The results of the orders, in one transaction if none makes it fail; None for one that waits for a lock."""
    try:
        return list(open_trades(orders, clock=timezone.now))
    except Refusal as refusal:  # the server's clock is wrong
        return [refusal] * len(orders)
    except Exception as error:
        if _is_lost(error):
            return [error] * len(orders)
        if len(orders) == 1:
            return [None if _waits_for_lock(error) else error]
    middle = len(orders) // 2
    return open_by_halves(orders[:middle]) + open_by_halves(orders[middle:])


def _rounds(orders: dict[Sent, Order]) -> Iterable[Round]:
    """A person may come by a token and by a key at once."""
    rounds: list[Round] = []
    for sent, order in orders.items():
        if not any(each.takes(sent, order) for each in rounds):
            rounds.append(Round())
            rounds[-1].takes(sent, order)
    return rounds


def _may_be_told_a_quote(order: Order) -> bool:
    """Whether its refusal may hold a quote of now, with a sentence in its reader's language."""
    return order.quote is not None or order.min_payout_rate is not None


def _is_lost(error: Exception) -> bool:
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = sqlstate_of(error)
    return state is None or state.startswith(LOST)


def _waits_for_lock(error: Exception) -> bool:
    return isinstance(error, Error) and sqlstate_of(error) == LOCK_NOT_AVAILABLE


def _outcome(result: Accepted | Exception) -> Response | Exception:
    return flash_trades.opened(result) if isinstance(result, Accepted) else result
