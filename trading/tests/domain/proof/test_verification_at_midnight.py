"""The chain can't be cut at the end of a day: the next day's digest, once published, shows that it continued."""

from datetime import date, datetime, timedelta

import pytest

from trading.domain.proof.days import Day
from trading.domain.proof.reading import read_proof
from trading.domain.proof.verification import verify
from trading.tests.chains import ACCEPTED, Chain, Json, dollars, steady
from trading.tests.proofs import JWKS, inclusion, proof_of, signed
from trading.tests.script import load_script

script = load_script()
MIDNIGHT = ACCEPTED.replace(hour=0, microsecond=0) + timedelta(days=1)
ACCEPTED_AT = MIDNIGHT - timedelta(seconds=60.6)
BEGIN = MIDNIGHT - timedelta(seconds=71)
"""The trade expires a second after midnight."""


def before_midnight(chain: Chain) -> Chain:
    prices = [price for price in chain.prices if datetime.fromisoformat(price["priced_at"]) < MIDNIGHT]
    return Chain(prices, rates=chain.rates, symbol=chain.symbol, pip=chain.pip)


def found(proof: Json, published: list[Json]) -> set[str]:
    """The faults that both find with these digests."""
    theirs, _ = script.verify(signed(proof), JWKS, {"results": published})
    kept = {(day["instrument"], date.fromisoformat(day["day"])): day["digest"] for day in published}
    ours = verify(read_proof(proof), kept)
    assert {code for code, _ in ours.faults} == {code for code, _ in theirs.faults}
    return {code for code, _ in ours.faults}


def test_an_honest_proof_has_both_days_of_both_chains() -> None:
    rates = dollars(range(-3, 90), start=BEGIN)
    chain = steady(start=BEGIN, seconds=90, rates=rates)
    proof = proof_of(chain, accepted_at=ACCEPTED_AT, days=True)
    assert proof["trade"]["expires_at"] == "2026-03-02T00:00:01Z"
    days = ["2026-03-01", "2026-03-02"]
    assert [day["day"] for day in proof["days"]] == [day["day"] for day in proof["conversions"][0]["days"]] == days
    assert found(proof, [*chain.days(), *rates.days()]) == set()


def test_a_chain_cut_at_midnight_is_found_with_the_next_days_digest() -> None:
    real = steady(start=BEGIN, seconds=90)
    cut = proof_of(before_midnight(real), accepted_at=ACCEPTED_AT, days=True)
    assert cut["trade"]["exit_price"] is not None
    assert found(cut, real.days()[:1]) == set()
    assert found(cut, real.days()) == {"day"}
    told = cut | {"days": real.days()}
    assert "window" in found(told, real.days())


def test_a_rate_of_before_midnight_is_not_the_newest_after_it() -> None:
    real = dollars(range(-3, 90), start=BEGIN)
    chain = steady(start=BEGIN, seconds=90, rates=before_midnight(real))
    cut = proof_of(chain, accepted_at=ACCEPTED_AT, days=True)
    assert found(cut, [*chain.days(), *real.days()[:1]]) == set()
    assert found(cut, [*chain.days(), *real.days()]) == {"day"}
    cut["conversions"][0]["days"] = real.days()
    assert found(cut, [*chain.days(), *real.days()]) == {"conversion"}


@pytest.mark.parametrize("last", [70, None])
def test_a_day_that_says_it_ended_earlier_than_it_counts_is_found(last: int | None) -> None:
    """The platform itself publishes such a day: it would hide the rates after number 70."""
    real = dollars()
    chain = steady(rates=Chain(real.prices[:74], symbol=real.symbol, pip=real.pip))
    proof = proof_of(chain, days=True)
    (day,) = real.days()
    forged = day | {"last_sequence": last}
    content = {name: value for name, value in forged.items() if name != "digest"}
    forged["digest"] = Day(**content | {"day": date.fromisoformat(day["day"])}).digest
    told = proof["conversions"][0]
    told["days"] = [forged]
    told["paths"] = inclusion(real, [(w, p) for w, p in zip(proof["windows"], told["pieces"], strict=True)])["paths"]
    assert found(proof, [*chain.days(), forged]) == {"day"}
