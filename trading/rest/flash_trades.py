"""The answers about trades, the same at each REST door."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from rest_framework.response import Response

from accounts.domain.errors import FieldError, InvalidInput, NotFound, Refusal
from accounts.rest.answers import granted, page_of
from accounts.rest.asked import Asked
from accounts.rest.authentication import key_id_of
from accounts.rest.inputs import Members, positive_amount, request_key
from accounts.rest.windows import PAGE, following, limit_of
from accounts.rest.written import written_page
from accounts.selectors.people.person import id_of
from accounts.wire.problems import problem_of
from trading.rest.orders import moment
from trading.rest.written_trades import WRITTEN
from trading.selectors.newest_trades import id_in, newest_versions
from trading.selectors.trades import trade_by_key, trade_of, trades_of, trades_of_keys
from trading.services.orders.close_trade import close_trade
from trading.services.orders.open_trades import Accepted
from trading.wire import trades as wire_trades

LIST_PARAMETERS = ("client_order_id", "client_order_ids", *PAGE)
KEYS_MAX = 50
CLOSE_MEMBERS = ("min_price", "valid_until")


def list_trades(request: Asked) -> Response:
    """Newest first. `?client_order_id=` answers with the trade of that order, if it was accepted.

    A key that no order can have is refused: "none" would make its sender order again.
    """
    if "client_order_ids" in request.query_params:
        return _by_keys(request)
    named = request.query_params.get("client_order_id")
    if named is None:
        if "cursor" in request.query_params:
            return page_of(request, trades_of, wire_trades.flash_trade)
        (newest,) = newest_trades([request])
        return newest
    key = request_key("client_order_id", named)
    limit_of(request, default=50, most=200)
    if "cursor" in request.query_params:
        message = "a list with client_order_id has one page"
        raise InvalidInput(fields=(FieldError("cursor", "invalid", message),))
    trade = trade_by_key(id_of(request.user), key)
    return Response({"results": [wire_trades.flash_trade(trade)] if trade else [], "next": None})


def newest_trades(requests: Sequence[Asked]) -> list[Response]:
    """The first page of each of these callers. Raises InvalidInput."""
    limits = [limit_of(request, default=50, most=200) for request in requests]
    pages = newest_versions([(id_of(each.user), limit) for each, limit in zip(requests, limits, strict=True)])
    answers = []
    for request, limit, page, rows in zip(requests, limits, pages, WRITTEN.pages(pages), strict=True):
        after = following(request, page, limit, id_in(page[-1]) if page else None)
        answers.append(Response(written_page(rows, after)))
    return answers


def _by_keys(request: Asked) -> Response:
    """The trades of these orders, newest first, of those that were accepted."""
    if others := [name for name in LIST_PARAMETERS if name in request.query_params and name != "client_order_ids"]:
        message = "a list with client_order_ids has one page, and no other filter"
        raise InvalidInput(fields=tuple(FieldError(name, "invalid", message) for name in others))
    keys = str(request.query_params["client_order_ids"]).split(",")
    if len(keys) > KEYS_MAX:
        message = f"at most {KEYS_MAX} keys, with commas between"
        raise InvalidInput(fields=(FieldError("client_order_ids", "too-many", message),))
    found = trades_of_keys(id_of(request.user), [request_key("client_order_ids", key) for key in keys])
    return Response({"results": [wire_trades.flash_trade(trade) for trade in found], "next": None})


def show_trade(request: Asked, trade_id: UUID) -> Response:
    """One of the caller's trades. Raises NotFound."""
    trade = trade_of(id_of(request.user), trade_id)
    if trade is None:
        raise NotFound(str(trade_id))
    return Response(wire_trades.receipted_trade(trade))


def opened(accepted: Accepted) -> Response:
    """The answer to an accepted order."""
    shown = wire_trades.accepted_trade(accepted.trade)
    return granted(shown, under="/api/v1/flash-trades", replayed=accepted.replayed)


def result(outcome: Accepted | Refusal) -> dict[str, object]:
    """The result of one order of a batch: its status, and the trade or the problem."""
    if isinstance(outcome, Refusal):
        return {"status": outcome.status, "replayed": False, "trade": None, "problem": problem_of(outcome)}
    shown = wire_trades.accepted_trade(outcome.trade)
    return {"status": 201, "replayed": outcome.replayed, "trade": shown, "problem": None}


def close(request: Asked, trade_id: UUID) -> Response:
    """Give a close order. 202: the price of a second to come decides it; 200: the trade is sold already."""
    members = Members(request)
    min_price = members.read("min_price", lambda value: None if value is None else positive_amount(value), None)
    valid_until = members.read("valid_until", moment, None)
    members.check()
    closing = close_trade(
        trade_id=trade_id,
        user_id=id_of(request.user),
        min_price=min_price,
        clock=timezone.now,
        valid_until=valid_until,
        api_key_id=key_id_of(request),
    )
    headers = {"Idempotency-Replayed": "true"} if closing.replayed else {}
    done = closing.trade.settled_at is not None
    return Response(wire_trades.receipted_trade(closing.trade), status=200 if done else 202, headers=headers)
