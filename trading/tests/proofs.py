"""Proofs of invented prices, without a database."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.domain.money import write_money
from accounts.domain.notation import write_decimal, write_instant
from trading.domain.prices import PricePoint
from trading.domain.proof.jws import Signer, key_id, new_private_key, public_jwk, public_key_of, sign
from trading.domain.proof.proof import TYP, Span, spans
from trading.domain.proof.receipts import START, TERMS, Accepted, Seen, sign_receipt
from trading.domain.proof.receipts import TYP as RECEIPT_TYP
from trading.domain.rules import CURRENT, rules_of
from trading.domain.settlement import Result, Window, settle
from trading.domain.terms import Direction, Terms, entry_second
from trading.tests.chains import ACCEPTED, PIP, Chain, Json

PRIVATE = new_private_key()
PUBLIC = public_key_of(PRIVATE)
KEYS = {key_id(PUBLIC): PUBLIC}
JWKS = {"keys": [public_jwk(PUBLIC)]}
NOTHING_PUBLISHED: Json = {"days": [], "paths": []}


def proof_of(
    chain: Chain,
    *,
    accepted_at: datetime = ACCEPTED,
    seconds: int = 60,
    direction: Direction = Direction.UP,
    stake: str = "100.00",
    rule_version: int = CURRENT,
    demo: bool = True,
    days: bool = False,
) -> Json:
    """The proof of a trade that was settled on these prices."""
    rules = rules_of(rule_version)
    entry_at = entry_second(accepted_at, rules)
    expires_at = entry_at + timedelta(seconds=seconds)
    terms = Terms(
        direction,
        Decimal(stake),
        "USDT",
        seconds,
        Decimal("0.85"),
        PIP,
        accepted_at,
        entry_at,
        expires_at,
        rule_version,
    )
    looked_at = spans(accepted_at=accepted_at, entry_at=entry_at, expires_at=expires_at, rules=rules)
    windows = [window(chain, span) for span in looked_at]
    told = inclusion(chain, [(window, window["prices"]) for window in windows]) if days else NOTHING_PUBLISHED
    return {
        "version": 1,
        "issuer": "https://example.com",
        "issued_at": write_instant(expires_at + timedelta(minutes=6)),
        "trade": trade_json(terms, chain, demo),
        "closes": [],
        "pip": write_decimal(PIP),
        "windows": windows,
        "conversions": conversions(chain.rates, windows, days) if chain.rates else [],
    } | told


def inclusion(chain: Chain, pieces: list[tuple[Json, list[Json]]]) -> Json:
    """The days of the pieces and of the ends of their windows, and the path from the last price of each."""
    ends = {(p["priced_at"][:10], n): p for n, (_, prices) in enumerate(pieces) for p in prices}
    paths = {p["sequence"]: {"day": d, "sequence": p["sequence"], "path": chain.path(p)} for (d, _), p in ends.items()}
    wanted = {date for date, _ in ends} | {window["until"][:10] for window, _ in pieces}
    return {"days": [day for day in chain.days() if day["day"] in wanted], "paths": list(paths.values())}


def conversions(rates: Chain, windows: list[Json], days: bool) -> list[Json]:
    """The conversions of the prices within each window, in the form of `conversions_of`."""
    pieces = []
    for window in windows:
        since, until = (datetime.fromisoformat(window[end]) for end in ("since", "until"))
        converted = [p for p in window["prices"] if any("conversion" in venue for venue in p["venues"])]
        used = [at for at in (datetime.fromisoformat(p["priced_at"]) for p in converted) if since <= at <= until]
        if used:
            pieces.append((window, rates.piece(used[0] - timedelta(seconds=3), used[-1])))
    told = inclusion(rates, pieces) if days else NOTHING_PUBLISHED
    return [{"instrument": rates.symbol, "pieces": [piece for _, piece in pieces]} | told] if pieces else []


def window(chain: Chain, span: Span) -> Json:
    return {
        "purpose": span.purpose.value,
        "since": write_instant(span.since),
        "until": write_instant(span.until),
        "prices": chain.within(span.since, span.until),
    }


def trade_json(terms: Terms, chain: Chain, demo: bool) -> Json:
    points = [
        PricePoint(datetime.fromisoformat(p["priced_at"]), Decimal(p["price"]), p["source"] == "live")
        for p in chain.prices
    ]
    window = Window(terms.direction, terms.entry_at, terms.expires_at, terms.pip, demo, terms.rule_version)
    outcome = settle(window, points, final=True)
    assert outcome is not None
    come = any(point.priced_at >= terms.expires_at for point in points)
    profit = {Result.WON: terms.payout - terms.stake, Result.LOST: -terms.stake}.get(outcome.result, Decimal(0))
    return {
        "id": "019c0000-0000-7000-8000-000000000000",
        "instrument": "BTC-USDT",
        "direction": terms.direction.value,
        "amount": write_money(terms.stake, "USDT"),
        "currency": "USDT",
        "duration": terms.duration_seconds,
        "payout_rate": write_decimal(terms.payout_rate),
        "payout": write_money(terms.payout, "USDT"),
        "state": "settled",
        "outcome": outcome.result.value,
        "void_reason": outcome.void_reason.value if outcome.void_reason else None,
        "accepted_at": write_instant(terms.accepted_at),
        "entry_at": write_instant(terms.entry_at),
        "expires_at": write_instant(terms.expires_at),
        "entry_price": f"{outcome.entry.price:.2f}" if outcome.entry else None,
        "exit_price": f"{outcome.exit_price:.2f}" if outcome.exit_price is not None else None,
        "exit_samples": outcome.exit_samples or None,
        "settled_at": write_instant(terms.expires_at + (timedelta(0) if come else rules_of(terms.rule_version).grace)),
        "profit": write_money(profit, "USDT"),
        "close": None,
        "correction": None,
        "demo": demo,
        "rule_version": terms.rule_version,
    }


def with_receipt(proof: Json) -> Json:
    """The proof with the receipt of its order, which names the newest price before it in the proof."""
    trade, prices = proof["trade"], proof["windows"][0]["prices"]
    trade["payout_version"] = 1
    known = [price for price in prices if price["priced_at"] < trade["entry_at"]] or [{"sequence": 0, "digest": ""}]
    told = {"trade": trade["id"], "client_order_id": "key", **{name: trade[name] for name in TERMS}}
    seen, signer = Seen(known[-1]["sequence"], known[-1]["digest"]), Signer.of(PRIVATE, typ=RECEIPT_TYP)
    signed = sign_receipt(told, kind=Accepted.ORDER, wallet=7, before=START, seen=seen, signer=signer)
    trade["receipt"] = signed.text
    return proof


def signed(proof: Json, private: str = PRIVATE) -> str:
    """The document that traders download."""
    return json.dumps({"proof": proof, "jws": sign(proof, private=private, typ=TYP)})
