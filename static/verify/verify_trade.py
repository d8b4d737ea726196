#!/usr/bin/env python3
"""Check the proof of a flash trade: do the published rules and prices give this result?

    python3 verify_trade.py PROOF --jwks JWKS [--digests DIGESTS] [--receipts CHAIN] [--kept KEPT] [--json]
    python3 verify_trade.py --jwks JWKS [--receipts CHAIN] [--kept KEPT] [--json]

PROOF is the file that you saved from the trade's page ("Download proof"), or the bare statement in it.
JWKS are the platform's public keys: a saved file, or the address SERVER/.well-known/jwks.json.
DIGESTS are daily digests that the platform has published: a saved file, or the address
SERVER/api/v1/digests. Save each one when it is published: then you notice any later change of the past.
CHAIN are all receipts of one wallet, as the platform shows them now: saved answers of SERVER/api/v1/receipts. KEPT are
receipts that you have kept, one a line; the last one is enough. Then you notice an order or a close order that was
changed, added or dropped since. Both may be given several times.

This program shares no code with the platform, and asks it only for the addresses that you name. It needs Python 3.9 or
newer and one package, for the signature: pip install cryptography

Exit codes: 0 all agrees, 1 the check failed (such as an unreadable file), 2 wrong arguments, 3 the proof disagrees.
The rules have the numbers of the platform's page of rules.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import urllib.request
from datetime import datetime, timedelta, timezone
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from statistics import median

TYP, RECEIPT_TYP = "trade-proof+jws", "trade-receipt+jws"
SECOND = timedelta(seconds=1)
EXACT = Context(prec=60)
DIGITS = Context(prec=34, rounding=ROUND_HALF_EVEN)
ROOT_OF_TWO_PI = Decimal("2.506628274631000502415765284811045253")
NOTHING = "0" * 64
SCALES = {"USDT": 2, "USD": 2, "KRW": 0, "BTC": 8}
SHARED = {
    "tick_age_max": 3 * SECOND, "price_age_max": 2 * SECOND, "entry_delay": SECOND, "entry_wait_max": 5 * SECOND,
    "duration_min": 15 * SECOND, "exit_age_max": 2 * SECOND, "grace": 300 * SECOND, "clock_skew_max": SECOND,
    "averages": ((timedelta(hours=1), 60), (timedelta(minutes=5), 5)),
    "close_delay": SECOND, "close_wait_max": 2 * SECOND, "close_cutoff": 15 * SECOND, "close_spread": Decimal("0.03"),
    "decay": Decimal("0.94"), "sigma_seconds": 300, "sigma_seconds_min": 30,
    "sigma_min": Decimal("0.00002"), "sigma_max": Decimal("0.002"),
}  # fmt: skip
RULES = {
    1: {**SHARED, "clamp": Decimal("0.005"), "deviation_max": None},
    2: {**SHARED, "clamp": Decimal("0.001"), "deviation_max": Decimal("0.005")},
}


class Unreadable(Exception):
    """The text isn't a proof that this program can read."""


class Report:
    """The disagreements, and the facts that could not be checked."""

    def __init__(self):
        self.faults, self.notes = [], []

    def check(self, holds, code, detail):
        if not holds and (code, detail) not in self.faults:
            self.faults.append((code, detail))
        return holds

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)


# Reading a proof


def number(text):
    if not isinstance(text, str) or not re.fullmatch(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?", text, re.ASCII):
        raise Unreadable(f"not a decimal number: {text!r:.60}")
    return Decimal(text)


def instant(text):
    """Only in the one form that is hashed."""
    if isinstance(text, str) and re.fullmatch("[0-9-]{10}T[0-9:]{8}([.][0-9]{6})?Z", text, re.ASCII):
        form = "%Y-%m-%dT%H:%M:%S.%f%z" if "." in text else "%Y-%m-%dT%H:%M:%S%z"
        try:
            moment = datetime.strptime(text[:-1] + "+0000", form)
        except ValueError as error:
            raise Unreadable(f"not a time: {text}") from error
        if write_instant(moment) == text:
            return moment
    raise Unreadable(f"not a time in UTC: {text!r:.60}")


def optional(kind):
    return lambda value: None if value is None else kind(value)


def text(value):
    return value if isinstance(value, str) else refuse(value)


def whole(value):
    return value if isinstance(value, int) and not isinstance(value, bool) else refuse(value)


def flag(value):
    return value if isinstance(value, bool) else refuse(value)


def above_zero(value):
    return number(value) if number(value) > 0 else refuse(value)


def one_of(*words):
    return lambda value: value if value in words else refuse(value)


def sha(value):
    return value if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value, re.ASCII) else refuse(value)


def day_name(value):
    instant(text(value) + "T00:00:00Z")


def version_one(value):
    return value if whole(value) == 1 else refuse(value)


def list_of(shape):
    return lambda values: [read_as(value, shape) for value in values] if isinstance(values, list) else refuse(values)


def read_as(content, shape):
    """Refuse a value without this shape: a mapping of names to types, or one type."""
    if not isinstance(shape, dict):
        shape(content)
    elif not isinstance(content, dict):
        refuse(content)
    else:
        for name, kind in shape.items():
            read_as(content.get(name), kind)


def refuse(value):
    raise Unreadable(f"not what should be here: {value!r:.60}")


CONVERSION = {"instrument": text, "sequence": whole, "price": above_zero}
VENUE = {
    "venue": text, "bid": number, "ask": number, "received_at": instant, "venue_at": optional(instant),
    "out": optional(one_of("deviating", "skewed")), "conversion": optional(lambda value: read_as(value, CONVERSION)),
    "mirror": optional(text),
}  # fmt: skip
PRICE = {
    "instrument": text, "sequence": whole, "priced_at": instant, "price": number, "source": text,
    "venues": list_of(VENUE), "rule_version": whole, "pip": above_zero, "venues_min": optional(whole),
    "previous": sha, "digest": sha,
}  # fmt: skip
DAY = {
    "instrument": text, "day": day_name, "count": whole, "first_sequence": optional(whole),
    "last_sequence": optional(whole), "first_digest": optional(sha), "last_digest": optional(sha),
    "root": sha, "previous": sha, "digest": sha,
}  # fmt: skip
TRADE = {
    "id": text, "instrument": text, "direction": one_of("up", "down"), "amount": number, "currency": one_of(*SCALES),
    "duration": whole, "payout_rate": number, "payout": number, "state": one_of("settled"), "outcome": text,
    "void_reason": optional(text), "accepted_at": instant, "entry_at": instant, "expires_at": instant,
    "entry_price": optional(number), "exit_price": optional(number), "exit_samples": optional(whole),
    "profit": number, "demo": flag, "rule_version": whole, "sale": optional(number), "sold_at_price": optional(number),
    "sold_priced_at": optional(instant), "settled_at": instant,
    "correction": optional(lambda value: read_as(value, {"reason": text, "amount": number})), "receipt": optional(text),
}  # fmt: skip
CLOSE = {
    "state": text, "asked_at": instant, "close_at": instant, "min_price": optional(number),
    "lapse_reason": optional(text), "offer": optional(number), "receipt": optional(text),
}  # fmt: skip
WINDOW = {"purpose": one_of("entry", "exit", "sale"), "since": instant, "until": instant, "prices": list_of(PRICE)}
PATH = {"day": day_name, "sequence": whole, "path": list_of(sha)}
CHAIN = {
    "instrument": text, "pieces": list_of(list_of(PRICE)), "days": list_of(DAY), "paths": list_of(PATH),
}  # fmt: skip
PROOF = {
    "version": version_one, "issued_at": instant, "trade": TRADE, "closes": list_of(CLOSE), "pip": above_zero,
    "windows": list_of(WINDOW), "days": list_of(DAY), "paths": list_of(PATH), "conversions": list_of(CHAIN),
}  # fmt: skip


def write_instant(moment):
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def shortest(value):
    """60000.10 -> 60000.1, 60000.00 -> 60000"""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if value else "0"


def canonical(content):
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def read_json(content):
    """The value of a JSON text. Another reader may take the first of two equal members, so a repeated one is refused."""
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    return json.loads(text, parse_constant=refuse_constant, object_pairs_hook=without_repetition)


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def without_repetition(pairs):
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member comes twice")
    return members


# The signature


def unbase64(text):
    content = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode() != text:
        raise ValueError("not base64url")
    return content


def read_statement(statement, jwks, report, typ=TYP, code="signature", name="the proof"):
    """The payload of the statement, whether or not its signature is valid; None for one that is no JSON object.

    A forged letter may leave no JSON, and no statement: that is a fault of the signature too.
    """
    try:
        keys = {text(key["kid"]): text(key["x"]) for key in jwks["keys"] if is_ours(key)}
    except (KeyError, TypeError) as error:
        raise Unreadable(f"not public keys: {error}") from error
    parts = statement.split(".")
    header, payload = (object_in(part) for part in [*parts, ""][:2])
    header = header or {}
    kind = (len(parts), header.get("alg"), header.get("typ"), "crit" in header)
    report.check(kind == (3, "EdDSA", typ, False), code, f"the header is not that of {name}")
    kid = header.get("kid")
    known = isinstance(kid, str) and kid in keys
    if report.check(known, code, f"{name}: signed with a key that is not the platform's: {kid}"):
        report.check(signature_holds(keys[kid], parts), code, f"{name}: the signature is wrong")
    return payload


def object_in(part):
    """The JSON object in a part of a statement; None if there is none."""
    try:
        content = read_json(unbase64(part))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def is_ours(key):
    """Whether it is a key of the type that signs proofs; a key set may have other keys too."""
    return isinstance(key, dict) and (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519")


def signature_holds(public, parts):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        signed, signature = ".".join(parts[:2]).encode("ascii"), unbase64(parts[2])
        Ed25519PublicKey.from_public_bytes(unbase64(public)).verify(signature, signed)
    except (InvalidSignature, ValueError, TypeError, AttributeError, IndexError):
        return False
    return True


# Rule 1: each price follows from its venue inputs, and is chained to the one before


def index_of(price, rules):
    """The price that follows from the inputs; None without one."""
    at, heard, names = instant(price["priced_at"]), [], []
    for venue in price["venues"]:
        bid, ask, received_at = number(venue["bid"]), number(venue["ask"]), instant(venue["received_at"])
        if not 0 < bid <= ask or received_at > at or at - received_at > rules["tick_age_max"]:
            return None
        names.append(venue["venue"])
        heard.append((mid_of(venue), venue.get("out")))
    mids = [mid for mid, out in heard if out is None]
    if names != sorted(set(names)) or len(mids) < max(price["venues_min"] or 1, 1) or not rightly_out(heard, rules):
        return None
    middle = median(mids)
    low, high = middle * (1 - rules["clamp"]), middle * (1 + rules["clamp"])
    clamped = [min(max(mid, low), high) for mid in mids]
    return to_pip(sum(clamped, Decimal(0)) / len(clamped), number(price["pip"]))


def mid_of(venue):
    rate = number(venue["conversion"]["price"]) if venue.get("conversion") else 1
    return (number(venue["bid"]) + number(venue["ask"])) / 2 / rate


def rightly_out(heard, rules):
    """Whether the `out` marks are possible: a venue that counts is within the bound, others are outside half of it."""
    mids, bound = [mid for mid, out in heard if out != "skewed"], rules["deviation_max"]
    if bound is None:
        return all(out is None for _, out in heard)
    middle = median(mids)
    off = [(abs(mid - middle), out) for mid, out in heard if out != "skewed"]
    return all(gap > middle * (bound / 2) if out else gap <= middle * bound for gap, out in off)


def to_pip(value, pip):
    return (value / pip).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * pip


def digest_of(price):
    names = ["instrument", "sequence", "priced_at", "source", "venues", "previous"]
    content = {name: price[name] for name in names}
    content["price"] = shortest(number(price["price"]))
    if price["rule_version"] >= 2:
        content.update(
            rule_version=price["rule_version"], pip=shortest(number(price["pip"])), venues_min=price["venues_min"]
        )
    return sha256(canonical(content))


def rightly_deviating(price, before, rules):
    """Whether exactly those venues are marked that deviate, given the venues that counted in the price before."""
    bound = rules["deviation_max"]
    if bound is None:
        return True
    counted = {venue["venue"] for venue in before["venues"] if venue.get("out") is None}
    heard = [(venue["venue"], mid_of(venue), venue.get("out")) for venue in price["venues"]]
    heard = [item for item in heard if item[2] != "skewed"]
    if not heard:
        return True
    middle = median(mid for _, mid, _ in heard)
    return all(
        (abs(mid - middle) > middle * (bound if name in counted else bound / 2)) == (out is not None)
        for name, mid, out in heard
    )


def title_of(price):
    return f"{price['instrument']} {price['sequence']} of {price['priced_at']}"


def check_price(price, before, instrument, report):
    name = title_of(price)
    report.check(price["instrument"] == instrument, "price", f"{name}: of another instrument than {instrument}")
    report.check(instant(price["priced_at"]).microsecond == 0, "price", f"{name}: not at a whole second")
    if report.check(price["rule_version"] in RULES, "rule-version", f"{name}: unknown rules"):
        rules = RULES[price["rule_version"]]
        made = index_of(price, rules)
        if price["rule_version"] > 1 and (price["venues_min"] or 0) < 1:
            made = None
        if made is not None and before is not None and before["sequence"] + 1 == price["sequence"]:
            made = made if rightly_deviating(price, before, rules) else None
        report.check(made == number(price["price"]), "price", f"{name}: its venues make {made}, not {price['price']}")
        check_clocks(name, price, rules, report)
    report.check(digest_of(price) == price["digest"], "digest", f"{name}: the digest is not that of its content")


def check_clocks(name, price, rules, report):
    """A clock's error is the least (receipt - venue's time) of 10 seconds, and a price shows one of these differences.

    That one can prove a clock ahead. It can't prove a clock right.
    """
    if rules["deviation_max"] is None:
        return
    for venue in price["venues"]:
        own = venue.get("venue_at")
        offset = None if own is None else instant(venue["received_at"]) - instant(own)
        if venue.get("out") == "skewed":
            if offset is None or abs(offset) <= rules["clock_skew_max"]:
                report.note(f"{name}: its own times don't show that the clock of {venue['venue']} was wrong")
        elif offset is not None and price["source"] == "live":
            told = f"{name}: the clock of {venue['venue']} was ahead, yet it counts"
            report.check(offset >= -rules["clock_skew_max"], "price", told)


def own_chain(proof):
    """The part of the proof about the chain of the trade's own instrument."""
    pieces = [window["prices"] for window in proof["windows"]]
    return {"instrument": proof["trade"]["instrument"], "pieces": pieces, "days": proof["days"], "paths": proof["paths"]}


def check_chain(chain, report):
    """Check that no piece has a gap or a change, and that all belong to one chain. Returns its prices, ascending."""
    by_number = {price["sequence"]: price for piece in chain["pieces"] for price in piece}
    same = all(facts_of(by_number[price["sequence"]]) == facts_of(price) for piece in chain["pieces"] for price in piece)
    report.check(same, "chain", f"{chain['instrument']}: two prices with one sequence number")
    series = [by_number[sequence] for sequence in sorted(by_number)]
    for piece in chain["pieces"]:
        for before, price in zip([None, *piece], piece):
            check_price(price, before, chain["instrument"], report)
        for before, after in zip(piece, piece[1:]):
            linked = after["sequence"] == before["sequence"] + 1 and after["previous"] == before["digest"]
            report.check(linked, "chain", f"{title_of(after)} does not follow {before['sequence']}")
    for before, after in zip(series, series[1:]):
        numbers = after["sequence"] - before["sequence"]
        seconds = (instant(after["priced_at"]) - instant(before["priced_at"])) // SECOND
        in_order = numbers <= seconds and after["rule_version"] >= before["rule_version"]
        if numbers == 1:
            in_order = in_order and after["previous"] == before["digest"]
        report.check(in_order, "chain", f"{title_of(after)} does not come after {before['sequence']} in time")
    one_pip = len({number(price["pip"]) for price in series}) <= 1
    report.check(one_pip, "price", f"{chain['instrument']}: not all prices were rounded to the same pip")
    needs = sorted({price["venues_min"] or 0 for price in series if price["rule_version"] > 1})
    if len(needs) > 1:
        told = ", ".join(map(str, needs))
        report.note(f"how many venues a price of {chain['instrument']} needs changed: {told}")
    return series


def facts_of(price):
    """The content of a price, independent of the form of its numbers."""
    names = ["instrument", "sequence", "priced_at", "source", "venues", "rule_version", "venues_min", "previous", "digest"]
    return [price[name] for name in names] + [number(price["price"]), number(price["pip"])]


def goes_on(chain, after):
    """Whether the proof knows prices with a higher sequence number."""
    return any((day["last_sequence"] or 0) > after for day in chain["days"]) or any(
        price["sequence"] > after for piece in chain["pieces"] for price in piece
    )


def check_windows(proof, report):
    """Check the chain of the trade's own instrument: it has every second that the rules look at. Returns its prices."""
    series = check_chain(own_chain(proof), report)
    for window in proof["windows"]:
        check_ends(window, series, proof, report)
    of_trade = all(number(price["pip"]) == number(proof["pip"]) for price in series)
    report.check(of_trade, "price", "a price was rounded to another pip than the trade's")
    return series


def inside(window):
    """The window's prices without the neighbours, which decide nothing."""
    since, until = instant(window["since"]), instant(window["until"])
    return [price for price in window["prices"] if since <= instant(price["priced_at"]) <= until]


def conversions_in(price):
    return [venue["conversion"] for venue in price["venues"] if venue.get("conversion")]


def symbols_in(price):
    return {used["instrument"] for used in conversions_in(price)}


def check_ends(window, series, proof, report):
    prices, since, until = window["prices"], instant(window["since"]), instant(window["until"])
    name = f"{window['purpose']} window"
    if not report.check(bool(prices), "window", f"{name}: there are no prices"):
        return
    first, last = prices[0], prices[-1]
    if instant(first["priced_at"]) > since:
        starts = (first["sequence"], first["previous"]) == (1, NOTHING)
        report.check(starts, "window", f"{name}: prices before {first['priced_at']} are missing")
    if instant(last["priced_at"]) < until:
        more = goes_on(own_chain(proof), last["sequence"])
        more = more or any(instant(price["priced_at"]) > instant(last["priced_at"]) for price in series)
        if report.check(not more, "window", f"{name}: prices after {last['priced_at']} are missing"):
            known = f"{name}: no price after {last['priced_at']} was known"
            report.note(f"{known} when the proof was made, at {proof['issued_at']}")


def conversions_of(proof):
    """The chains that converted quotes, each with the windows of those quotes."""
    for chain in proof["conversions"]:
        symbol = chain["instrument"]
        yield chain, [window for window in proof["windows"] if any(symbol in symbols_in(p) for p in inside(window))]


def check_conversions(proof, report):
    """Check each quote in the seconds looked at: the newest price of a chain of its own converted it."""
    chains = {chain["instrument"]: chain for chain in proof["conversions"]}
    report.check(len(chains) == len(proof["conversions"]), "conversion", "two chains of one instrument")
    rates, currency = {}, proof["trade"]["instrument"].partition("-")[2]
    for chain, windows in conversions_of(proof):
        symbol, prices = chain["instrument"], check_chain(chain, report)
        rates.update({(symbol, price["sequence"]): price for price in prices})
        pure = not any(conversions_in(price) for price in prices)
        report.check(pure, "conversion", f"{symbol} converts others, and is converted itself")
        told = f"{symbol} doesn't say what a {currency} is worth"
        report.check(symbol.partition("-")[0] == currency, "conversion", told)
        check_days(chain, windows, report)
    for window in proof["windows"]:
        for price in inside(window):
            for used in conversions_in(price):
                check_conversion(price, used, rates, chains, report)


def check_conversion(price, used, rates, chains, report):
    """Check that this price existed at that time, had this value, and was the newest."""
    symbol, sequence, at = used["instrument"], used["sequence"], instant(price["priced_at"])
    name = f"{title_of(price)}, converted by {symbol} {sequence} at {shortest(number(used['price']))}"
    rate, after = rates.get((symbol, sequence)), rates.get((symbol, sequence + 1))
    if price["rule_version"] not in RULES or not report.check(rate, "conversion", f"{name}: it is not in the proof"):
        return
    age = at - instant(rate["priced_at"])
    same = (number(rate["price"]), rate["source"]) == (number(used["price"]), price["source"])
    in_time = timedelta(0) <= age <= RULES[price["rule_version"]]["tick_age_max"]
    told = f"{name}: it is {rate['price']} of {rate['priced_at']}, {rate['source']}"
    if not report.check(same and in_time, "conversion", told) or age == timedelta(0):
        return
    if after is not None:
        newest = instant(after["priced_at"]) > at
        report.check(newest, "conversion", f"{name}: it was not the newest")
    elif report.check(not goes_on(chains[symbol], sequence), "conversion", f"{name}: what came after it is missing"):
        report.note(f"{name}: none after it was known when the proof was made")


# Rules 3 to 8


def samples_of(rules, duration):
    return next((samples for least, samples in rules["averages"] if duration >= least), 1)


def spans(trade, closes, rules):
    """The seconds that the rules look at: (purpose, first, last)."""
    accepted_at, entry_at, expires_at = (instant(trade[name]) for name in ("accepted_at", "entry_at", "expires_at"))
    entry = ("entry", accepted_at - rules["price_age_max"], entry_at + rules["entry_wait_max"])
    sales = []
    for close in closes:
        close_at = closing_second(close, rules)
        since, until = close_at - (rules["sigma_seconds"] - 1) * SECOND, close_at + rules["close_wait_max"]
        if sales and since <= sales[-1][2]:
            since = sales.pop()[1]
        sales.append(("sale", since, until))
    look_back = max((samples_of(rules, expires_at - entry_at) - 1) * SECOND, rules["exit_age_max"])
    return [entry, *sales, *([] if trade["outcome"] == "sold" else [("exit", expires_at - look_back, expires_at)])]


def whole_second(earliest):
    return earliest if earliest.microsecond == 0 else earliest.replace(microsecond=0) + SECOND


def check_terms(proof, rules, report):
    trade = proof["trade"]
    accepted_at, entry_at, expires_at = (instant(trade[name]) for name in ("accepted_at", "entry_at", "expires_at"))
    entry = whole_second(accepted_at + rules["entry_delay"])
    report.check(entry_at == entry, "terms", f"the entry second should be {write_instant(entry)} (rule 4)")
    duration = timedelta(seconds=trade["duration"])
    in_time = expires_at == entry_at + duration and duration >= rules["duration_min"]
    report.check(in_time, "terms", "the expiry second is not entry second + duration (rule 5)")
    stake, rate = number(trade["amount"]), number(trade["payout_rate"])
    payout = rounded_down(stake * (1 + rate), trade["currency"])
    report.check(number(trade["payout"]) == payout, "terms", f"the payout should be {payout} (rule 7)")
    report.check(stake > 0 and rate > 0, "terms", "not a trade")


def check_acceptance(trade, prices, rules, report):
    """Rule 3: there was a fresh price, and the trade is under the rules that were in force with it."""
    accepted_at, entry_at = instant(trade["accepted_at"]), instant(trade["entry_at"])
    known = [p for p in prices if accepted_at - rules["price_age_max"] <= instant(p["priced_at"]) < entry_at]
    if report.check(bool(known), "terms", "there was no fresh price when the order was taken (rule 3)"):
        versions = {price["rule_version"] for price in known}
        in_force = trade["rule_version"] in versions
        report.check(in_force, "rule-version", f"rules {trade['rule_version']} were not in force at acceptance")


def rounded_down(amount, currency):
    return amount.quantize(Decimal(1).scaleb(-SCALES[currency]), rounding=ROUND_DOWN)


def settle(proof, prices, rules):
    """(outcome, void reason, entry price, exit price, number of prices in the exit's mean)"""
    trade, pip = proof["trade"], number(proof["pip"])
    entry_at, expires_at = instant(trade["entry_at"]), instant(trade["expires_at"])
    series = sorted((instant(p["priced_at"]), number(p["price"]), p["source"] == "live") for p in prices)
    entry = next((p for p in series if entry_at <= p[0] <= entry_at + rules["entry_wait_max"]), None)
    if entry is None:
        return "voided", "no-entry-price", None, None, None
    until_expiry = [p for p in series if p[0] <= expires_at]
    if expires_at - until_expiry[-1][0] > rules["exit_age_max"] if until_expiry else True:
        return "voided", "no-exit-price", entry[1], None, None
    if until_expiry[-1][0] <= entry[0]:
        return "voided", "exit-not-after-entry", entry[1], None, None
    wanted = samples_of(rules, expires_at - entry_at)
    sample = [p for p in until_expiry if p[0] > expires_at - wanted * SECOND] if wanted > 1 else until_expiry[-1:]
    if not trade["demo"] and not all(live for _, _, live in [entry, *sample]):
        return "voided", "simulated-price", entry[1], None, None
    mean = sum((price for _, price, _ in sample), Decimal(0)) / len(sample)
    exit_price = mean if len(sample) == 1 else to_pip(mean, pip)
    if exit_price == entry[1]:
        return "tied", None, entry[1], exit_price, len(sample)
    won = (exit_price > entry[1]) == (trade["direction"] == "up")
    return "won" if won else "lost", None, entry[1], exit_price, len(sample)


def check_outcome(proof, prices, rules, report):
    trade = proof["trade"]
    check_correction(trade, report)
    with localcontext(DIGITS):
        check_closes(proof, prices, rules, report)
    settled_at, grace_over = instant(trade["settled_at"]), instant(trade["expires_at"]) + rules["grace"]
    not_yet = settled_at - instant(proof["issued_at"]) > SECOND
    report.check(not not_yet, "outcome", "the trade was settled after the proof of it was made")
    if trade["outcome"] == "sold":
        return
    outcome, reason, entry, exit_price, samples = settle(proof, prices, rules)
    looked_at = instant(trade["entry_at"]) + rules["entry_wait_max"] if entry is None else instant(trade["expires_at"])
    come = any(instant(price["priced_at"]) >= looked_at for price in prices)
    told = f"decided before {write_instant(grace_over)} with no price after the seconds looked at (rule 8)"
    report.check(come or settled_at >= grace_over, "outcome", told)
    stake = number(trade["amount"])
    profit = {"won": number(trade["payout"]) - stake, "lost": -stake}.get(outcome, Decimal(0))
    optional = {name: None if trade[name] is None else number(trade[name]) for name in ("entry_price", "exit_price")}
    expected = [
        ("outcome", trade["outcome"], outcome), ("void_reason", trade["void_reason"], reason),
        ("entry_price", optional["entry_price"], entry), ("exit_price", optional["exit_price"], exit_price),
        ("exit_samples", trade["exit_samples"], samples), ("profit", number(trade["profit"]), profit),
    ]  # fmt: skip
    for name, told, found in expected:
        report.check(told == found, "outcome", f"{name} is {told}, by the rules and prices it is {found}")


def check_correction(trade, report):
    correction = trade["correction"]
    if correction is not None:
        undone = number(correction["amount"]) == -number(trade["profit"]) != 0
        report.check(undone, "correction", "the correction does not give back what the trade moved (rule 10)")
        report.note(f"the trade was voided afterwards: {correction['reason']}")


# Rule 9: early closes


def closing_second(close, rules):
    return whole_second(instant(close["asked_at"]) + rules["close_delay"])


def check_closes(proof, prices, rules, report):
    """Check the result of each close order; only the last one may have sold the trade."""
    trade, closes = proof["trade"], proof["closes"]
    latest = closes[-1] if closes else None
    report.check(trade["close"] == latest, "terms", "the trade shows another close order than the last one")
    for before, after in zip(closes, closes[1:]):
        in_order = instant(before["close_at"]) <= instant(after["asked_at"])
        report.check(in_order, "terms", "a close order was given before the one before it was decided")
    states = [close["state"] == "sold" for close in closes]
    by_the_last = states == [False] * (len(closes) - 1) + [trade["outcome"] == "sold"] if closes else True
    by_the_last = by_the_last and (bool(closes) or trade["outcome"] != "sold")
    report.check(by_the_last, "outcome", "the last close order sells the trade, or none does")
    entry_at = instant(trade["entry_at"])
    series = sorted((instant(p["priced_at"]), number(p["price"]), p["source"] == "live") for p in prices)
    entry = next((p for p in series if entry_at <= p[0] <= entry_at + rules["entry_wait_max"]), None)
    if not closes or not report.check(entry is not None, "outcome", "closed without an entry price"):
        return
    for close in closes:
        found = check_close(close, proof, entry, series, rules, report)
        if close["state"] == "sold":
            check_sale(trade, entry, found, report)


def check_close(close, proof, entry, series, rules, report):
    """(state, reason of the lapse, offer, the price that decided) by rule 9."""
    trade, asked_at, close_at = proof["trade"], instant(close["asked_at"]), closing_second(close, rules)
    entry_at, expires_at = instant(trade["entry_at"]), instant(trade["expires_at"])
    name = f"the close order of {close['asked_at']}"
    cutoff = min(rules["close_cutoff"], (expires_at - entry_at) / 4)
    in_time = entry[0] < asked_at and close_at <= expires_at - cutoff
    report.check(in_time, "terms", f"{name} was not given in time (rule 9)")
    told = f"{name}: {write_instant(close_at)} should decide it (rule 9)"
    report.check(instant(close["close_at"]) == close_at, "terms", told)
    found = decide_close(close, close_at, proof, entry, series, rules)
    told = (close["state"], close["lapse_reason"], None if close["offer"] is None else number(close["offer"]))
    report.check(told == found[:3], "outcome", f"{name}: {told[:2]} at {told[2]}, by rule 9 {found[:2]} at {found[2]}")
    return found


def decide_close(close, close_at, proof, entry, series, rules):
    trade, expires_at = proof["trade"], instant(proof["trade"]["expires_at"])
    point = next((p for p in series if close_at <= p[0] <= close_at + rules["close_wait_max"]), None)
    if point is None:
        return "lapsed", "no-price", None, None
    known = [p for p in series if p[0] <= point[0]]
    if not trade["demo"]:
        first = expires_at - (samples_of(rules, expires_at - instant(trade["entry_at"])) - 1) * SECOND
        if not all(p[2] for p in [entry, point, *(p for p in known if p[0] >= first)]):
            return "lapsed", "simulated-price", None, point
        known = [p for p in known if p[2]]
    offer = offer_of(proof, entry[1], known, rules)
    if not offer:
        return "lapsed", "nothing-offered", offer, point
    if close["min_price"] is not None and offer < number(close["min_price"]):
        return "lapsed", "below-minimum", offer, point
    return "sold", None, offer, point


def check_sale(trade, entry, found, report):
    """Check that the trade's sale is the result of the close order."""
    _, _, offer, point = found
    if not report.check(point is not None and trade["outcome"] == "sold", "outcome", "sold without a price in time"):
        return
    names = ("sale", "sold_at_price", "entry_price")
    told = {name: None if trade[name] is None else number(trade[name]) for name in names}
    told["second"] = None if trade["sold_priced_at"] is None else instant(trade["sold_priced_at"])
    right = {"sale": offer, "sold_at_price": point[1], "entry_price": entry[1], "second": point[0]}
    for name, expected in right.items():
        report.check(told[name] == expected, "outcome", f"{name} is {told[name]}, by rule 9 it is {expected}")
    left = (number(trade["profit"]), trade["exit_price"], trade["exit_samples"], trade["void_reason"])
    whole_sale = offer is not None and left == (offer - number(trade["amount"]), None, None, None)
    report.check(whole_sale, "outcome", "not the profit of the sale")


def offer_of(proof, entry_price, series, rules):
    """The fair value at the last of these prices less the spread, rounded down."""
    trade, (at, spot, _) = proof["trade"], series[-1]
    sigma = volatility([p for p in series if p[0] > at - rules["sigma_seconds"] * SECOND], rules)
    if sigma is None:
        return Decimal(0)
    expires_at, half = instant(trade["expires_at"]), number(proof["pip"]) / 2
    samples = samples_of(rules, expires_at - instant(trade["entry_at"]))
    first = expires_at - (samples - 1) * SECOND
    known = [price for priced_at, price, _ in series if priced_at >= first]
    first = max(at + SECOND, first)
    count = (expires_at - first) // SECOND + 1
    seconds = (first - at) // SECOND + Decimal((count - 1) * (2 * count - 1)) / (6 * count)
    variance = sigma * sigma * seconds

    def above(level):
        needed = ((len(known) + count) * level - sum(known, Decimal(0))) / count
        return normal(((spot / needed).ln() - variance / 2) / variance.sqrt()) if needed > 0 else Decimal(1)

    over, not_under = above(entry_price + half), above(entry_price - half)
    win = over if trade["direction"] == "up" else 1 - not_under
    payout = number(trade["payout"])
    value = payout * win + number(trade["amount"]) * (not_under - over) - rules["close_spread"] * payout
    return rounded_down(max(value, Decimal(0)), trade["currency"])


def volatility(series, rules):
    """The volatility of a second's log return: exponentially weighted, from the plain mean on, floored and capped."""
    if len(series) < 2 or series[-1][0] - series[0][0] < rules["sigma_seconds_min"] * SECOND:
        return None
    steps = []
    for (before, low, _), (after, high, _) in zip(series, series[1:]):
        log = (high / low).ln() if high != low else Decimal(0)
        steps.append((log * log, (after - before) // SECOND))
    variance = sum((square for square, _ in steps), Decimal(0)) / sum(seconds for _, seconds in steps)
    for square, seconds in steps:
        weight = Decimal(1)
        for _ in range(seconds):
            weight *= rules["decay"]
        variance = weight * variance + (1 - weight) * square / seconds
    return min(max(variance.sqrt(), rules["sigma_min"]), rules["sigma_max"])


def normal(x):
    """The standard normal distribution function."""
    if abs(x) >= 8:
        return Decimal(int(x > 0))
    term = total = abs(x)
    odd = 1
    while term > Decimal("1e-34") * total:
        odd += 2
        term = term * (x * x) / odd
        total += term
    half = total * (-(x * x) / 2).exp() / ROOT_OF_TWO_PI
    return Decimal("0.5") + half if x > 0 else Decimal("0.5") - half


# Rule 11: the days


def check_days(chain, windows, report):
    """Check the days of a chain, and those in which the windows end: these show whether later prices exist."""
    days = {day["day"]: day for day in chain["days"]}
    for day in chain["days"]:
        name = f"{chain['instrument']}, {day['day']}"
        names = ("instrument", "day", "count", "first_sequence", "last_sequence", "first_digest", "last_digest",
                 "root", "previous")  # fmt: skip
        told = sha256(canonical({name: day[name] for name in names})) == day["digest"]
        report.check(told, "day", f"{name}: the digest is not that of its content")
        own = day["instrument"] == chain["instrument"]
        report.check(own, "day", f"{name}: of another instrument")
        report.check(is_sound(day), "day", f"{name}: its count is not that of its numbers")
    for before, after in zip(chain["days"], chain["days"][1:]):
        if after["day"] == (instant(before["day"] + "T00:00:00Z") + 24 * 3600 * SECOND).date().isoformat():
            linked = after["previous"] == before["digest"]
            report.check(linked, "day", f"{after['day']} does not follow {before['day']}")
    paths = {(path["day"], path["sequence"]): path["path"] for path in chain["paths"]}
    for piece in chain["pieces"]:
        last_of_day = {price["priced_at"][:10]: price for price in piece}
        for day, price in last_of_day.items():
            if day in days:
                leads = climb(price, days[day], paths.get((day, price["sequence"])))
                told = f"{chain['instrument']} {price['sequence']} is not in the digest of {day}"
                report.check(leads, "day", told)
    for day in days_wanted(chain, windows):
        if day not in days:
            report.note(f"the digest of {chain['instrument']} of {day} was not published yet when the proof was made")


def is_sound(day):
    """Whether there are as many prices as sequence numbers from the first to the last; without prices, none."""
    first, last = day["first_sequence"], day["last_sequence"]
    ends = (first, last, day["first_digest"], day["last_digest"])
    if None in ends:
        return day["count"] == 0 and set(ends) == {None}
    return 0 < day["count"] == last - first + 1


def days_wanted(chain, windows):
    """The days whose digests a proof shows, if they were published when the proof was made."""
    shown = {price["priced_at"][:10] for piece in chain["pieces"] for price in piece}
    return sorted(shown | {window["until"][:10] for window in windows})


def climb(price, day, path):
    """Whether the path leads from the price's digest to the day's root (RFC 6962)."""
    if path is None or day["first_sequence"] is None:
        return False
    index, size = price["sequence"] - day["first_sequence"], day["count"]
    if not 0 <= index < size:
        return False
    node, path = hashlib.sha256(b"\x00" + bytes.fromhex(price["digest"])).digest(), [bytes.fromhex(n) for n in path]
    while size > 1:
        if index ^ 1 < size:
            if not path:
                return False
            other = path.pop(0)
            node = hashlib.sha256(b"\x01" + (other + node if index % 2 else node + other)).digest()
        index, size = index // 2, (size + 1) // 2
    return not path and node.hex() == day["root"]


BESIDE_DIGEST = ("count", "first_sequence", "last_sequence", "first_digest", "last_digest", "root", "previous")


def check_published(proof, published, report):
    """Check the days against digests that you have kept."""
    kept = {(text(day["instrument"]), text(day["day"])): day for day in published["results"]}
    for chain, windows in [(own_chain(proof), proof["windows"]), *conversions_of(proof)]:
        told, instrument = {day["day"] for day in chain["days"]}, chain["instrument"]
        for day in days_wanted(chain, windows):
            way = f"the digest of {instrument} of {day} was published, and the proof does not lead to it; take the proof again"
            report.check(day in told or (instrument, day) not in kept, "day", way)
        for day in chain["days"]:
            row = kept.get((instrument, day["day"]))
            if row is None:
                report.note(f"{instrument}, {day['day']}: not among the digests that you gave")
            else:
                told = f"{instrument}, {day['day']}: another digest was published, or other facts beside it"
                pairs = [(row.get(name, day.get(name)), day.get(name)) for name in BESIDE_DIGEST]
                same = all(canonical(said) == canonical(shown) for said, shown in pairs)
                report.check(same and row.get("digest") == day["digest"], "day", told)


# Rule 11: the receipts, one for each order and close order, chained in each wallet

TERMS = ("instrument", "direction", "amount", "currency", "demo", "duration", "payout_rate", "payout",
         "payout_version", "rule_version", "accepted_at", "entry_at", "expires_at")  # fmt: skip
BESIDE = ("wallet", "number", "digest")
RECEIPT = {
    "version": version_one, "kind": text, "wallet": whole, "number": whole, "previous": text, "trade": text,
    "accepted_at": instant, "price_sequence": whole, "price_digest": text,
}  # fmt: skip


def read_receipt(statement, jwks, name, report):
    """The receipt with its text and its hash; None if it isn't one or no key of the platform signed it."""
    faults = len(report.faults)
    try:
        receipt = read_statement(statement, jwks, report, RECEIPT_TYP, "receipt", name)
        if len(report.faults) > faults:
            return None
        read_as(receipt, RECEIPT)
        if receipt["number"] < 1:
            refuse(receipt["number"])
    except Unreadable as error:
        report.check(False, "receipt", f"{name}: {error}")
        return None
    return {**receipt, "text": statement, "digest": sha256(statement.encode())}


def read_receipts(given, jwks, place, report):
    """Those of the given receipts (`receipts_in`) that can be read. A page must say the same beside a receipt as it."""
    read = []
    for n, beside in enumerate(given, 1):
        name = f"{place}, number {n}"
        receipt = read_receipt(beside["receipt"], jwks, name, report)
        if receipt is None:
            continue
        for member in BESIDE:
            said, signed = beside.get(member, receipt[member]), receipt[member]
            same = type(said) is type(signed) and said == signed
            told = f"{name}: {member} is {said!r:.80} beside the receipt, by the receipt it is {signed!r}"
            report.check(same, "receipt", told)
        read.append(receipt)
    return read


def check_receipts(proof, jwks, chain, kept, report):
    """Check the receipts of the proof (None: there is no proof), of the chain (None: not given), and the kept ones."""
    shown = shown_receipts(proof, jwks, report) if proof is not None else []
    kept = read_receipts(kept, jwks, "the receipts that you kept", report)
    linked = read_receipts(chain or [], jwks, "the chain", report)
    if chain is not None and not (chain or shown or kept or report.faults):
        raise Unreadable("no receipts are in the chain that you gave")
    if proof is not None:
        check_shown_are_all(proof["trade"]["id"], shown, linked + kept, report)
    if chain is None:
        check_neighbours(shown + kept, report)
        note_others(proof, kept, report)
    else:
        check_against_chain(linked, shown, kept, report)


def check_against_chain(chain, shown, kept, report):
    """Check the chain's links, and that the receipts in the proof and the kept ones are in it."""
    check_links(chain, report)
    check_start(chain, shown, kept, report)
    for receipt in shown:
        check_in_chain(receipt, chain, f"receipt {receipt['number']} in the proof", True, report)
    for receipt in kept:
        check_in_chain(receipt, chain, f"receipt {receipt['number']} that you kept", False, report)


def shown_receipts(proof, jwks, report):
    """The receipts in the proof, each checked against what it accepts."""
    trade, shown = proof["trade"], []
    told = {"kind": "order", "trade": trade["id"], **{name: trade.get(name) for name in TERMS}}
    accepted = [("the order", trade, told, trade["entry_at"])]
    for close in proof["closes"]:
        told = {"kind": "close", "trade": trade["id"], "accepted_at": close["asked_at"],
                "close_at": close["close_at"], "min_price": close["min_price"]}  # fmt: skip
        accepted.append((f"the close order of {close['asked_at']}", close, told, close["close_at"]))
    for name, item, told, decided_from in accepted:
        if item.get("receipt") is None:
            report.note(f"{name} has no receipt: it is older than receipts")
            continue
        receipt = read_receipt(item["receipt"], jwks, name, report)
        if receipt is not None:
            check_accepted(proof, name, told, instant(decided_from), receipt, report)
            shown.append(receipt)
    for before, after in zip(shown, shown[1:]):
        rising = before["wallet"] == after["wallet"] and before["number"] < after["number"]
        report.check(rising, "receipt-chain", "the receipts are not in the order of what they accept")
    return shown


def check_accepted(proof, name, told, decided_from, receipt, report):
    for member, value in told.items():
        same = canonical(receipt.get(member)) == canonical(value)
        report.check(same, "receipt", f"{name}: {member} is {value}, its receipt says {receipt.get(member)}")
    rules = RULES.get(proof["trade"]["rule_version"])
    if rules is None:
        return
    since = instant(told["accepted_at"]) - rules["price_age_max"]
    seen = any(
        (price["sequence"], price["digest"]) == (receipt["price_sequence"], receipt["price_digest"])
        and since <= instant(price["priced_at"]) < decided_from
        for window in proof["windows"] for price in window["prices"]
    )  # fmt: skip
    report.check(seen, "receipt", f"{name}: its receipt names a price that the proof doesn't have at that time")


def check_links(chain, report):
    """No receipt is missing, changed, or there twice."""
    if chain and chain[0]["number"] == 1:
        report.check(chain[0]["previous"] == NOTHING, "receipt-chain", "the first receipt follows another one")
    for before, after in zip(chain, chain[1:]):
        number = after["number"]
        if report.check(after["wallet"] == before["wallet"], "receipt-chain", f"receipt {number} is of another wallet"):
            linked = number == before["number"] + 1 and after["previous"] == before["digest"]
            report.check(linked, "receipt-chain", f"receipt {number} does not follow receipt {before['number']}")


def check_start(chain, shown, kept, report):
    """A chain that begins later continues the last receipt that you kept, and those before it that are there."""
    if not chain or chain[0]["number"] == 1:
        return
    first, wallet = chain[0]["number"], chain[0]["wallet"]
    earlier = [each for each in shown + kept if each["wallet"] == wallet and each["number"] < first]
    check_neighbours(earlier + chain[:1], report)
    last = max((each["number"] for each in kept if each["wallet"] == wallet), default=first)
    later = {each["number"] for each in earlier if each["number"] > last}
    told = f"receipts are missing between receipt {last} that you kept and the chain, which begins with {first}"
    continued = report.check(last >= first or len(later) == first - last - 1, "receipt-chain", told)
    if continued and first - 1 not in {each["number"] for each in earlier}:
        report.note(f"the chain that you gave begins with receipt {first}; the ones before it can't be checked")


def check_neighbours(receipts, report):
    """Receipts from here and there: each number of a wallet is of one receipt, which follows the number before."""
    by_number = {}
    for receipt in receipts:
        by_number.setdefault((receipt["wallet"], receipt["number"]), {})[receipt["text"]] = receipt
    for (wallet, number), found in by_number.items():
        told = f"there are {len(found)} receipts of number {number} in wallet {wallet}: of two chains"
        report.check(len(found) == 1, "receipt-chain", told)
        digests = {before["digest"] for before in by_number.get((wallet, number - 1), {}).values()}
        for receipt in found.values():
            linked = not digests or receipt["previous"] in digests
            told = f"receipt {number} of wallet {wallet} does not follow receipt {number - 1}"
            report.check(linked, "receipt-chain", told)


def check_in_chain(receipt, chain, name, may_be_later, report):
    if not report.check(bool(chain), "receipt-chain", f"{name} is not in the chain, which is empty"):
        return
    first, last = chain[0]["number"], chain[-1]["number"]
    told = f"{name} is of another wallet than the chain"
    if not report.check(receipt["wallet"] == chain[0]["wallet"], "receipt-chain", told):
        return
    if receipt["number"] == first - 1:
        return  # check_start has looked whether the chain continues it
    if receipt["number"] < first:
        report.note(f"{name} is before the chain that you gave, which begins with {first}")
    elif may_be_later and receipt["number"] > last:
        report.note(f"{name} is after the chain that you gave, which ends with {last}")
    else:
        there = any(each["text"] == receipt["text"] for each in chain)
        report.check(there, "receipt-chain", f"{name} was dropped from the chain, or another one has its place")


def check_shown_are_all(trade, shown, others, report):
    """Each receipt of the trade, in the chain or kept, is in the proof."""
    texts = {receipt["text"] for receipt in shown}
    for statement, receipt in {each["text"]: each for each in others}.items():
        if receipt["trade"] == trade:
            told = f"receipt {receipt['number']} ({receipt['kind']}) is of this trade, and not in the proof"
            report.check(statement in texts, "receipt", told)


def note_others(proof, kept, report):
    for receipt in kept:
        if proof is not None and receipt["trade"] != proof["trade"]["id"]:
            number = receipt["number"]
            report.note(f"receipt {number} that you kept is of another trade; only the chain shows whether it was dropped")


def receipts_in(content, place):
    """The receipts of a file: an answer of the platform, with what it says beside each, or one receipt a line."""
    content = content.strip()
    try:
        is_page = content.startswith("{")
        found = receipts_of(read_json(content)) if is_page else [{"receipt": each} for each in content.split()]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"{place}: no receipts are in it") from error
    if found and not any(each["receipt"].count(".") == 2 for each in found):
        raise Unreadable(f"{place}: no receipts are in it")
    return found


def receipts_at(places):
    return [each for place in places for each in receipts_in(load(place), place)]


def receipts_of(page):
    read_as(page, {"results": list_of({"receipt": text})})
    wallet = {"wallet": page["wallet"]} if "wallet" in page else {}
    return [{**each, **wallet} for each in page["results"]]


def verify_chain(jwks, chain, kept):
    """The report on a wallet's chain alone."""
    report = Report()
    check_receipts(None, jwks, chain, kept, report)
    return report


# The whole proof


def check_proof(proof, report, published=None):
    with localcontext(EXACT):
        try:
            check_content(proof, report)
            if published is not None:
                check_published(proof, published, report)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise Unreadable(f"something is missing or not what it should be: {error!r}") from error


def check_content(proof, report):
    read_as(proof, PROOF)
    trade = proof["trade"]
    series = check_windows(proof, report)
    check_days(own_chain(proof), proof["windows"], report)
    check_conversions(proof, report)
    rules = RULES.get(trade["rule_version"])
    if not report.check(rules is not None, "rule-version", f"unknown rules: {trade['rule_version']}"):
        return
    check_terms(proof, rules, report)
    told = [(window["purpose"], instant(window["since"]), instant(window["until"])) for window in proof["windows"]]
    report.check(told == spans(trade, proof["closes"], rules), "window", "not the seconds that the rules look at")
    check_acceptance(trade, series, rules, report)
    check_outcome(proof, series, rules, report)


def load(place):
    """The text of a file, or of an address."""
    try:
        if re.match("https?://", place):
            with urllib.request.urlopen(place, timeout=30) as answer:
                return answer.read().decode("utf-8-sig")
        with open(place, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Unreadable(f"{place}: {error}") from error


def load_json(place):
    try:
        return read_json(load(place))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{place}: not JSON") from error


def verify(text, jwks, published=None, chain=None, kept=()):
    """The report on a proof, and its payload; None for a forged one that is no proof any more. Raises Unreadable."""
    report, statement, readable = Report(), text.lstrip("\ufeff").strip(), None
    if statement.startswith("{"):
        try:
            document = read_json(statement)
            readable, statement = canonical(document["proof"]), document["jws"]
        except (ValueError, KeyError, RecursionError) as error:
            raise Unreadable("no proof is in it") from error
        if not isinstance(statement, str):
            raise Unreadable("no proof is in it")
    elif statement.count(".") != 2 or not any(object_in(part) is not None for part in statement.split(".")[:2]):
        raise Unreadable("no proof is in it")
    proof = read_statement(statement, jwks, report)
    same = readable is None or readable == canonical(proof)
    report.check(same, "signature", "the readable part is not what was signed")
    content = Report()
    try:
        check_proof(proof, content, published)
        check_receipts(proof, jwks, chain, kept, content)
    except Unreadable:
        if not report.faults:
            raise
        return report, None
    report.faults, report.notes = report.faults + content.faults, content.notes
    return report, proof


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proof", metavar="PROOF", nargs="?")
    parser.add_argument("--jwks", required=True, help="public keys: file or address")
    parser.add_argument("--digests", help="published daily digests: file or address")
    parser.add_argument("--receipts", metavar="CHAIN", action="append", help="all receipts of the wallet: file")
    parser.add_argument("--kept", metavar="KEPT", action="append", default=[], help="receipts that you kept: file")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    if options.proof is None and options.receipts is None and not options.kept:
        parser.error("PROOF, --receipts or --kept is needed")
    try:
        report, trade = examine(options)
    except Unreadable as error:
        print(f"can't be checked: {printable(error)}", file=sys.stderr)
        return 1
    except ImportError:
        print("the signature can't be checked without a package: pip install cryptography", file=sys.stderr)
        return 1
    show(report, trade, options.json)
    return 3 if report.faults else 0


def examine(options):
    """The report, and the trade of the proof; None without a proof."""
    jwks, published = load_json(options.jwks), load_json(options.digests) if options.digests else None
    chain = None if options.receipts is None else receipts_at(options.receipts)
    kept = receipts_at(options.kept)
    if options.kept and not kept:
        raise Unreadable("no receipts are in the files that you kept")
    if options.proof is None:
        return verify_chain(jwks, chain, kept), None
    report, proof = verify(load(options.proof), jwks, published, chain, kept)
    return report, proof and proof["trade"]


def printable(text):
    """A proof's text must not move the cursor, nor look like a line of this program."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    encoding = sys.stdout.encoding or "ascii"
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def show(report, trade, as_json):
    if as_json:
        faults = [{"code": code, "detail": detail} for code, detail in report.faults]
        result = {"trade": trade and trade["id"], "agrees": not faults, "faults": faults, "notes": report.notes}
        print(json.dumps(result, indent=2))
        return
    lines = title_lines(trade) if trade is not None else []
    lines += [f"DISAGREES ({code}): {detail}" for code, detail in report.faults]
    lines += [f"Note: {note}" for note in report.notes]
    for line in lines:
        print(printable(line))
    print(f"{len(report.faults)} things disagree" if report.faults else "All agrees")


def title_lines(trade):
    first = f"Trade {trade['id']}, {trade['instrument']} {trade['direction']}, rules {trade['rule_version']}"
    left = f"sold at {trade['sold_at_price']}" if trade["outcome"] == "sold" else f"exit {trade['exit_price']}"
    return [first, f"Entry {trade['entry_price']}, {left}: {trade['outcome']}, profit {trade['profit']}"]


if __name__ == "__main__":
    sys.exit(main())
