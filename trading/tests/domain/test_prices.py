import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.prices import FIRST_LINK, Source, Tick, chain_digest
from trading.domain.proof.reading import read_tick
from trading.tests.script import load_script

SCRIPT = load_script()
AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
TICK = Tick("kraken", Decimal("60000.10"), Decimal("60000.30"), None, AT - timedelta(milliseconds=250))
LINK: dict[str, Any] = {
    "instrument": "BTC-USDT",
    "sequence": 7,
    "priced_at": AT,
    "price": Decimal("60000.20"),
    "source": Source.LIVE,
    "venues": [TICK.as_input()],
    "previous": FIRST_LINK,
    "rule_version": 2,
    "pip": Decimal("0.010"),
    "venues_min": 3,
}


def test_the_mid_lies_between_bid_and_ask() -> None:
    assert TICK.mid == Decimal("60000.20")


def test_a_tick_is_stored_as_plain_text() -> None:
    assert TICK.as_input() == {
        "venue": "kraken",
        "bid": "60000.1",
        "ask": "60000.3",
        "venue_at": None,
        "received_at": "2026-03-01T11:59:59.750000Z",
    }


@given(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.integers(-30, 30),
    st.integers(0, 3),
    st.none() | st.datetimes(timezones=st.just(UTC)),
)
def test_a_sound_tick_is_one_that_both_readers_of_a_proof_read(
    bid: Decimal, shift: int, spread: int, venue_at: datetime | None
) -> None:
    """One definition for the stored and the read: a tick that counts as sound comes back to the last digit."""
    bid = bid.scaleb(shift) if bid.is_finite() else bid
    tick = replace(TICK, bid=bid, ask=bid + spread if bid.is_finite() else bid, venue_at=venue_at)
    if tick.is_sound:
        told = tick.as_input()
        assert read_tick(told) == tick
        assert [SCRIPT.number(told[side]) for side in ("bid", "ask")] == [tick.bid, tick.ask]
        assert venue_at is None or SCRIPT.instant(told["venue_at"]) == venue_at


@pytest.mark.parametrize(
    ("price", "sound"),
    [
        ("0.000000000000000001", True),
        ("0.0000000000000000001", False),
        ("1.100000000000000000000", True),  # zeros at the end aren't written
        ("1.1000000000000000001", False),
        ("999999999999999999.999999999999999999", True),
        ("1000000000000000000", False),
        ("1e17", True),
        ("1e1000000", False),
        ("NaN", False),
        ("sNaN", False),
        ("Infinity", False),
        ("0", False),
        ("-1", False),
    ],
)
def test_a_price_that_no_reader_of_a_proof_could_read_is_not_sound(price: str, sound: bool) -> None:
    assert replace(TICK, bid=Decimal(price), ask=Decimal(price)).is_sound is sound


def test_a_quote_of_a_mirror_says_so_and_that_is_hashed() -> None:
    mirrored = replace(TICK, mirror="mirror.example").as_input()
    assert mirrored == TICK.as_input() | {"mirror": "mirror.example"}
    assert chain_digest(**LINK | {"venues": [mirrored]}) != chain_digest(**LINK)


def test_the_digest_is_that_of_text_which_anyone_can_write_down() -> None:
    text = (
        '{"instrument":"BTC-USDT","pip":"0.01","previous":"' + "0" * 64 + '","price":"60000.2",'
        '"priced_at":"2026-03-01T12:00:00Z","rule_version":2,"sequence":7,"source":"live",'
        '"venues":[{"ask":"60000.3","bid":"60000.1",'
        '"received_at":"2026-03-01T11:59:59.750000Z","venue":"kraken","venue_at":null}],"venues_min":3}'
    )

    assert chain_digest(**LINK) == hashlib.sha256(text.encode()).hexdigest()


def test_prices_of_the_first_rules_keep_the_digest_that_they_were_published_with() -> None:
    text = (
        '{"instrument":"BTC-USDT","previous":"' + "0" * 64 + '","price":"60000.2","priced_at":"2026-03-01T12:00:00Z",'
        '"sequence":7,"source":"live","venues":[{"ask":"60000.3","bid":"60000.1",'
        '"received_at":"2026-03-01T11:59:59.750000Z","venue":"kraken","venue_at":null}]}'
    )

    first = LINK | {"rule_version": 1, "venues_min": None}
    assert chain_digest(**first) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("instrument", "ETH-USDT"),
        ("sequence", 8),
        ("priced_at", AT + timedelta(seconds=1)),
        ("price", Decimal("60000.21")),
        ("source", Source.SIMULATED),
        ("venues", []),
        ("venues", [TICK.as_input() | {"venue": "okx"}]),
        ("venues", [TICK.as_input() | {"bid": "60000.2"}]),
        ("venues", [TICK.as_input() | {"ask": "60000.4"}]),
        ("venues", [TICK.as_input() | {"venue_at": "2026-03-01T12:00:00Z"}]),
        ("venues", [TICK.as_input() | {"received_at": "2026-03-01T11:59:59.750001Z"}]),
        ("venues", [TICK.as_input(), TICK.as_input()]),
        ("previous", "1" + "0" * 63),
        ("rule_version", 3),
        ("pip", Decimal("0.1")),
        ("venues_min", 2),
    ],
)
def test_the_digest_changes_with_every_field(field: str, other: object) -> None:
    assert chain_digest(**LINK | {field: other}) != chain_digest(**LINK)


def test_the_digest_is_the_same_before_and_after_storage() -> None:
    stored = LINK | {"price": Decimal("60000.20000000"), "source": "live", "pip": Decimal("0.01000000")}

    assert chain_digest(**stored) == chain_digest(**LINK)


@given(st.decimals("0.00000001", 10**11, places=8), st.decimals("0.00000001", 10**11, places=8))
def test_no_two_prices_share_a_digest(one: Decimal, other: Decimal) -> None:
    same = chain_digest(**LINK | {"price": one}) == chain_digest(**LINK | {"price": other})

    assert same == (one == other)
