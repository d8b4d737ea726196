"""Every change in a proof is found, by the server's code and by the script that traders download.

Each forger here has the platform's own key: the signature is valid, unless the test says otherwise.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from trading.domain.proof.jws import new_private_key
from trading.domain.proof.proof import ProofUnreadable
from trading.domain.proof.reading import read_proof
from trading.domain.proof.verification import verify
from trading.domain.rules import RULES
from trading.domain.terms import Direction
from trading.tests.chains import ACCEPTED, Chain, Json, steady
from trading.tests.domain.proof.forgeries import FORGERIES, all_of_another_price, broken, trade
from trading.tests.domain.proof.undated_forgeries import UNDATED, made_again
from trading.tests.proofs import JWKS, proof_of, signed
from trading.tests.script import load_script

script = load_script()


def codes(proof: Json) -> set[str]:
    """The fault codes, the same from both."""
    ours = verify(read_proof(proof)).faults
    theirs, _ = script.verify(signed(proof), JWKS)
    assert {code for code, _ in ours} == {code for code, _ in theirs.faults}, (ours, theirs.faults)
    return {code for code, _ in ours}


@pytest.mark.parametrize("version", sorted(RULES))
@pytest.mark.parametrize("days", [False, True])
def test_an_honest_proof_agrees(version: int, days: bool) -> None:
    for direction in Direction:
        assert codes(proof_of(steady(version), direction=direction, rule_version=version, days=days)) == set()


@pytest.mark.parametrize("version", sorted(RULES))
@pytest.mark.parametrize("seconds", [300, 3600])
def test_an_averaged_exit_agrees(version: int, seconds: int) -> None:
    chain = steady(version, seconds=seconds + 30)
    proof = proof_of(chain, seconds=seconds, rule_version=version, days=True)
    assert proof["trade"]["exit_samples"] == {300: 5, 3600: 60}[seconds]
    assert codes(proof) == set()


def test_the_quotes_of_a_mirror_agree_and_none_can_pass_for_the_venue_itself() -> None:
    chain = Chain([], mirror="mirror.example")
    for second in range(-20, 81):
        chain.add(ACCEPTED.replace(microsecond=0) + timedelta(seconds=second), ["60000.00", "60000.02", "60000.04"])
    proof = proof_of(chain, days=True)
    assert codes(proof) == set()
    last = proof["windows"][1]["prices"][-1]["venues"][0]
    assert last["mirror"] == "mirror.example"
    assert codes(broken(proof, lambda p: p["windows"][1]["prices"][-1]["venues"][0].pop("mirror"))) == {"digest"}
    unreadable = broken(proof, lambda p: p["windows"][1]["prices"][-1]["venues"][0].update(mirror=5))
    with pytest.raises(ProofUnreadable):
        read_proof(unreadable)
    with pytest.raises(script.Unreadable):
        script.verify(signed(unreadable), JWKS)


def test_a_trade_over_midnight_is_in_two_days() -> None:
    midnight = ACCEPTED.replace(hour=0, microsecond=0) + timedelta(days=1)
    chain = steady(start=midnight - timedelta(seconds=12))
    proof = proof_of(chain, accepted_at=midnight - timedelta(seconds=2, milliseconds=300), days=True)
    assert [day["day"] for day in proof["days"]] == ["2026-03-01", "2026-03-02"]
    assert codes(proof) == set()
    assert codes(broken(proof, lambda p: p["days"][1].update(previous="0" * 64))) == {"day"}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_found_though_the_signature_is_right(forgery: str) -> None:
    change, expected = FORGERIES[forgery]
    honest = proof_of(steady(), days=True)
    assert (honest["trade"]["outcome"], honest["trade"]["profit"]) == ("won", "85.00")
    assert codes(broken(honest, change)) == expected


@pytest.mark.parametrize("forgery", UNDATED)
def test_what_is_forged_before_its_day_is_published_is_found(forgery: str) -> None:
    change, expected = UNDATED[forgery]
    assert codes(broken(proof_of(steady()), change)) == expected


def test_a_series_that_ends_is_believed_after_grace_only() -> None:
    honest = proof_of(steady(seconds=72))
    assert honest["trade"]["settled_at"] == "2026-03-01T12:06:02Z"
    assert codes(honest) == set()
    assert codes(broken(honest, trade(settled_at="2026-03-01T12:06:01.999999Z"))) == {"outcome"}


def skewed(price: Json) -> None:
    price["venues"][0].update(out="skewed", venue_at=price["venues"][0]["received_at"])


def other_need(price: Json) -> None:
    price["venues_min"] = 2


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (skewed, "its own times don't show that the clock of venue0 was wrong"),
        (other_need, "how many venues a price of BTC-USDT needs changed: 1, 2"),
    ],
)
def test_what_cannot_be_told_from_the_proof_is_noted(change: Callable[[Json], None], note: str) -> None:
    proof = broken(proof_of(steady()), lambda p: made_again(p, change))
    assert codes(proof) == set()
    ours, theirs = verify(read_proof(proof)).notes, script.verify(signed(proof), JWKS)[0].notes
    assert ours == theirs
    assert any(note in each for each in ours)


def test_the_clamp_of_the_other_rules_makes_another_price() -> None:
    """The venue that is 0.2 % off counts unchanged under version 1, and as 0.1 % off under version 2."""
    one, two = (steady(version).prices[0]["price"] for version in (1, 2))
    assert Decimal(one) - Decimal(two) > 10


def test_without_the_published_day_a_whole_other_price_goes_unseen() -> None:
    """This is the purpose of the digests."""
    assert codes(broken(proof_of(steady()), all_of_another_price)) == set()


def test_a_signature_of_nobody_is_found() -> None:
    honest = proof_of(steady())
    for document in (signed(honest, new_private_key()), signed(honest).replace('"jws": "ey', '"jws": "ez')):
        try:
            report, _ = script.verify(document, JWKS)
        except script.Unreadable:
            continue
        assert "signature" in {code for code, _ in report.faults}


def test_another_readable_part_is_found() -> None:
    document = signed(proof_of(steady())).replace('"profit": "85.00"', '"profit": "95.00"', 1)
    report, _ = script.verify(document, JWKS)
    assert {code for code, _ in report.faults} == {"signature"}


def test_kept_digests_tell_of_another_past() -> None:
    proof = proof_of(steady(), days=True)
    day = proof["days"][0]
    kept = {"results": [day]}
    assert script.verify(signed(proof), JWKS, kept)[0].faults == []
    assert verify(read_proof(proof), {("BTC-USDT", ACCEPTED.date()): day["digest"]}).faults == []
    kept = {"results": [day | {"digest": "00" * 32}]}
    assert {code for code, _ in script.verify(signed(proof), JWKS, kept)[0].faults} == {"day"}
    assert {code for code, _ in verify(read_proof(proof), {}).faults} == {"day"}


def test_a_day_that_is_published_cant_be_left_out() -> None:
    """Not even together with the prices that it would reveal."""
    for proof in (proof_of(steady()), broken(proof_of(steady()), all_of_another_price)):
        (day,) = steady().days()
        kept = {"results": [day]}
        assert {code for code, _ in script.verify(signed(proof), JWKS, kept)[0].faults} == {"day"}
        of_day = {("BTC-USDT", ACCEPTED.date()): day["digest"]}
        assert {code for code, _ in verify(read_proof(proof), of_day).faults} == {"day"}


def test_a_gap_is_shown_by_its_neighbours() -> None:
    chain = Chain([])
    begin = ACCEPTED.replace(microsecond=0)
    for n in (-1, 0, 9, 60, 70):
        chain.add(begin + timedelta(seconds=n), ["60000"])
    proof = proof_of(chain)
    assert proof["trade"]["void_reason"] == "no-entry-price"
    assert [price["sequence"] for price in proof["windows"][0]["prices"]] == [1, 2, 3]
    assert codes(proof) == set()


def test_where_the_series_ends_the_proof_says_so() -> None:
    chain = steady(seconds=60)
    proof = proof_of(chain)
    assert proof["trade"]["void_reason"] == "no-exit-price"
    report = verify(read_proof(proof))
    assert report.faults == []
    assert any("was known when the proof was made" in note for note in report.notes)


def test_a_void_afterwards_is_told() -> None:
    proof = proof_of(steady())
    proof["trade"]["correction"] = {
        "reason": "a venue erred",
        "amount": "-85.00",
        "corrected_at": "2026-03-02T00:00:00Z",
    }
    assert codes(proof) == set()
    assert "the trade was voided afterwards: a venue erred" in verify(read_proof(proof)).notes
