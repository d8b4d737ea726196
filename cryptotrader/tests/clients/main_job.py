"""The main job of a trader's program, with the Python client that openapi-python-client has generated.

Run it with SERVER, EMAIL and PASSWORD in the environment.
"""

import os
import sys
import uuid

from cryptotrader_client import AuthenticatedClient, Client
from cryptotrader_client.api.account import get_me, get_tokens
from cryptotrader_client.api.market import list_instruments, make_quote
from cryptotrader_client.api.trades import get_trade, list_receipts, list_trades, place_order
from cryptotrader_client.api.wallets import list_wallets
from cryptotrader_client.models import FlashTrade, Login, Order, OrderDirection, Problem, QuoteRequest
from cryptotrader_client.models import QuoteRequestDirection as Side


def main() -> None:
    server, email, password = (os.environ[name] for name in ("SERVER", "EMAIL", "PASSWORD"))
    visitor = Client(base_url=server)
    pair = get_tokens.sync(client=visitor, body=Login(email=email, password=password))
    client = AuthenticatedClient(base_url=server, token=pair.access)
    assert get_me.sync(client=client).email == email

    instrument = next(each for each in list_instruments.sync(client=visitor).results if each.status == "open")
    quote = make_quote.sync(
        client=client, body=QuoteRequest(direction=Side.UP, duration=15, instrument=instrument.symbol)
    )
    before = next(each for each in list_wallets.sync(client=client).results if each.demo)

    key = str(uuid.uuid4())
    order = Order(
        amount="10", direction=OrderDirection.UP, duration=15, instrument=instrument.symbol, quote=quote.quote
    )
    placed = place_order.sync(client=client, body=order, idempotency_key=key)
    assert isinstance(placed, FlashTrade), placed
    assert (placed.amount, placed.payout_rate) == ("10.00", quote.payout_rate)
    again = place_order.sync_detailed(client=client, body=order, idempotency_key=key)
    assert (again.parsed, again.headers["Idempotency-Replayed"]) == (placed, "true")

    assert get_trade.sync(placed.id, client=client).receipt == placed.receipt
    assert list_receipts.sync(client=client).results[-1].receipt == placed.receipt
    assert [trade.id for trade in list_trades.sync(client=client, client_order_id=key).results] == [placed.id]
    after = next(each for each in list_wallets.sync(client=client).results if each.demo)
    assert float(after.held) == float(before.held) + 10

    refused = place_order.sync(
        client=client, body=Order(amount="0.001", direction=OrderDirection.DOWN, duration=15, client_order_id="x")
    )
    assert isinstance(refused, Problem)
    sys.stdout.write(f"{placed.state.value} {refused.code}\n")


main()
