#!/usr/bin/env python3
"""Trade on a replayed market as ten users at once, then check every price and every outcome independently.

Needs only Python's standard library, and shares no code with the platform: this script computes the index and the
outcomes itself, from the recording and from the answers of the REST API.

    python3 deploy/audit/replay_audit.py http://127.0.0.1:8000 RECORDING.jsonl.gz [--trades 220] [--json]

The server must run with FEED=replay of the same recording at speed 1, and write its mails into files (--mails).
Exit codes: 0 all agree, 1 the audit failed to run, 3 a price, an outcome or a balance disagrees.
"""

import argparse
import gzip
import json
import random
import re
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

USERS = 10
DURATIONS = (15, 30, 60)
PIP = Decimal("0.01")
SECOND = timedelta(seconds=1)


class Api:
    """One user's view of the server."""

    def __init__(self, base):
        self.base, self.token = base.rstrip("/"), None

    def call(self, method, path, body=None, **headers):
        data = None if body is None else json.dumps(body).encode()
        headers |= {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(path if "://" in path else self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def sign_up(self, mails):
        """Register a new user, with the key from the mail that the server has written into this directory."""
        login = {"email": f"audit-{uuid.uuid4()}@example.com", "password": "an auditor's own password"}
        self.call("POST", "/api/v1/auth/register", login)
        self.call("POST", "/api/v1/auth/verify-email", {"key": key_mailed_to(login["email"], mails)})
        self.token = self.call("POST", "/api/v1/auth/token", login)["access"]
        return self

    def all(self, path):
        while path:
            page = self.call("GET", path)
            yield from page["results"]
            path = page["next"]


def key_mailed_to(email, mails):
    for _ in range(100):
        for file in mails.glob("*.eml"):
            text = file.read_text()
            if f"To: {email}" in text:
                return re.search(r"confirm-email/([^/\s]+)/", text)[1]
        time.sleep(0.1)
    sys.exit(f"no mail to {email} in {mails}")


def trade(api, count, seed):
    """Place this many trades, one every few hundred milliseconds; retry those refused for a stale price."""
    dice, placed = random.Random(seed), []
    while len(placed) < count:
        order = {
            "instrument": "BTC-USDT",
            "amount": dice.choice([1, 10, "25.50", 100]),
            "direction": dice.choice(["up", "down"]),
            "duration": dice.choice(DURATIONS),
            "demo": True,  # real money is only traded on live prices
        }
        try:
            headers = {"Idempotency-Key": str(uuid.UUID(int=dice.getrandbits(128)))}
            placed.append(api.call("POST", "/api/v1/flash-trades", order, **headers)["id"])
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
        time.sleep(dice.uniform(0.2, 0.8))
    return placed


def wait_until_settled(apis):
    """Wait until every user's trades are settled, and return them."""
    deadline = time.monotonic() + 420
    while time.monotonic() < deadline:
        trades = [trade for api in apis for trade in api.all("/api/v1/flash-trades?limit=200")]
        waiting = sum(trade["state"] != "settled" for trade in trades)
        print(f"{len(trades) - waiting} of {len(trades)} settled", file=sys.stderr)
        if not waiting:
            return trades
        time.sleep(3)
    raise SystemExit("some trades never settled")


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def quotes_of(recording):
    """(receive time in whole microseconds, bid, ask) of each best-price message, in the order recorded."""
    with gzip.open(recording, "rt") as lines:
        for line in lines:
            received, _, text = line.partition(" ")
            message = json.loads(text)
            if str(message.get("stream", "")).endswith("@bookTicker"):
                data = message["data"]
                yield int(received) // 1000, Decimal(data["b"]), Decimal(data["a"])


def microseconds(moment):
    return (moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)) // timedelta(microseconds=1)


def check_prices(prices, quotes):
    """Check that each price is the mid of the newest quote received by its second, from the recording alone.

    The recording is re-stamped by a whole number of seconds, computed from the first input of the API's answer.
    """
    wrong, offsets, position = [], set(), {}
    for index, (received, bid, ask) in enumerate(quotes):
        position.setdefault((received % 1_000_000, bid, ask), []).append(index)
    for price in prices:
        (venue,) = price["venues"]
        at, received = microseconds(instant(price["priced_at"])), microseconds(instant(venue["received_at"]))
        same = position.get((received % 1_000_000, Decimal(venue["bid"]), Decimal(venue["ask"])), [])
        found = [i for i in same if _newest_by(quotes, i, at - (received - quotes[i][0]))]
        if not found:
            wrong.append((price["priced_at"], "its input isn't the newest quote of the recording at that second"))
            continue
        offsets.add(received - quotes[found[0]][0])
        mid = (quotes[found[0]][1] + quotes[found[0]][2]) / 2
        if Decimal(price["price"]) != mid.quantize(PIP, rounding=ROUND_HALF_EVEN):
            wrong.append((price["priced_at"], f"{price['price']} is not the mid {mid}"))
    if any(offset % 1_000_000 for offset in offsets):
        wrong.append(("offset", "the recording wasn't moved by whole seconds"))
    return wrong


def _newest_by(quotes, index, cutoff):
    if not cutoff - 3_000_000 <= quotes[index][0] <= cutoff:
        return False
    return index + 1 == len(quotes) or quotes[index + 1][0] > cutoff


def expected(trade, series):
    """The result of a trade, (outcome, profit), by a second implementation of rules 4 to 8."""
    entry_at, expires_at = instant(trade["entry_at"]), instant(trade["expires_at"])
    stake, payout = Decimal(trade["amount"]), Decimal(trade["payout"])
    entries = [second for second in (entry_at + n * SECOND for n in range(6)) if second in series]
    exits = [second for second in (expires_at - n * SECOND for n in range(3)) if second in series]
    if not entries or not exits or exits[0] <= entries[0]:
        return "voided", Decimal(0)
    entry, close = series[entries[0]], series[exits[0]]
    if entry == close:
        return "tied", Decimal(0)
    won = (close > entry) == (trade["direction"] == "up")
    return ("won", payout - stake) if won else ("lost", -stake)


def check_trades(trades, series):
    wrong = []
    for trade in trades:
        accepted = instant(trade["accepted_at"])
        earliest = accepted + SECOND
        whole = earliest.replace(microsecond=0) + (SECOND if earliest.microsecond else timedelta(0))
        if instant(trade["entry_at"]) != whole:
            wrong.append((trade["id"], "entry second"))
        if instant(trade["expires_at"]) - whole != timedelta(seconds=trade["duration"]):
            wrong.append((trade["id"], "expiry second"))
        if (trade["outcome"], Decimal(trade["profit"])) != expected(trade, series):
            wrong.append((trade["id"], f"{trade['outcome']} {trade['profit']}, expected {expected(trade, series)}"))
    return wrong


def check_wallets(apis):
    """Check that nothing is held any more, and that each balance is the start plus the profits of its own book.

    The demo wallet started with 10,000, the real one with nothing. Each trade names its one book.
    """
    wrong = []
    for api in apis:
        wallets, profits = list(api.all("/api/v1/wallets")), Counter()
        for trade in api.all("/api/v1/flash-trades?limit=200"):
            profits[trade["currency"], trade["demo"]] += Decimal(trade["profit"])
        for wallet in wallets:
            brought, profit = (10_000 if wallet["demo"] else 0), profits.pop((wallet["currency"], wallet["demo"]), 0)
            if Decimal(wallet["held"]) != 0 or Decimal(wallet["balance"]) != brought + profit:
                wrong.append((wallet["id"], f"{wallet} after {profit}"))
        wrong += [(book, f"a profit of {profit} without a wallet") for book, profit in profits.items()]
    return wrong


def run(base, recording, count, mails):
    apis = [Api(base).sign_up(mails) for _ in range(USERS)]
    per_user = -(-count // USERS)
    with ThreadPoolExecutor(USERS) as pool:
        list(pool.map(trade, apis, [per_user] * USERS, range(USERS)))
    trades = wait_until_settled(apis)
    since = min(instant(trade["entry_at"]) for trade in trades).isoformat().replace("+00:00", "Z")
    prices = list(apis[0].all(f"/api/v1/instruments/BTC-USDT/prices?since={since}&limit=1000"))
    series = {instant(price["priced_at"]): Decimal(price["price"]) for price in prices}
    wrong = check_prices(prices, list(quotes_of(recording))) + check_trades(trades, series) + check_wallets(apis)
    outcomes = Counter(f"{'demo' if trade['demo'] else 'real'} {trade['outcome']}" for trade in trades)
    return {"users": USERS, "trades": len(trades), "prices": len(prices), "outcomes": outcomes, "wrong": wrong}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="such as http://127.0.0.1:8000")
    parser.add_argument("recording", help="the recording that the server replays (.jsonl.gz)")
    parser.add_argument("--trades", type=int, default=220, help="how many, over ten users (default 220)")
    parser.add_argument("--mails", type=Path, default=Path("var/mail"), help="where the server writes its mails")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args()
    try:
        report = run(options.server, options.recording, options.trades, options.mails)
    except (OSError, ValueError, KeyError) as error:
        print(f"replay_audit: {error!r}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(report, default=str))
    else:
        outcomes = ", ".join(f"{count} {name}" for name, count in sorted(report["outcomes"].items()))
        print(f"{report['trades']} trades of {report['users']} users on {report['prices']} prices: {outcomes}")
        for what, why in report["wrong"]:
            print(f"WRONG {what}: {why}")
        print("all agree" if not report["wrong"] else f"{len(report['wrong'])} disagree")
    return 3 if report["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
