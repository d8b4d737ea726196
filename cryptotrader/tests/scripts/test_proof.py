"""The check in the browser finds what the platform and the script find: every forgery, and every invented history."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cryptotrader.tests.support.browser_check import Answer, BrowserCheck
from trading.domain.proof.jws import new_private_key
from trading.domain.rules import RULES
from trading.domain.terms import Direction
from trading.tests.chains import ACCEPTED, Chain, Json, dollars, steady
from trading.tests.commands.test_verify_script import with_kid, with_trade
from trading.tests.domain.proof import conversion_forgeries, test_verification_at_midnight
from trading.tests.domain.proof.forgeries import FORGERIES, all_of_another_price, broken
from trading.tests.domain.proof.test_verification import other_need, skewed
from trading.tests.domain.proof.test_verification_properties import Forgery, forgeries, other, places, proofs
from trading.tests.domain.proof.undated_forgeries import UNDATED, made_again
from trading.tests.proofs import JWKS, proof_of, signed
from trading.tests.script import load_script

pytestmark = [pytest.mark.process, pytest.mark.long]
script = load_script()


@pytest.fixture(scope="module")
def browser_check() -> Iterator[BrowserCheck]:
    with BrowserCheck() as running:
        yield running


def compared(browser_check: BrowserCheck, document: str, published: object = None) -> Answer | None:
    """The browser's answer, after its codes and notes were compared with the script's."""
    found = browser_check.verify(document, JWKS, published)
    try:
        report, _ = script.verify(document, JWKS, published)
    except script.Unreadable:
        assert found is None
        return None
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert {note for note in found.notes if "given" not in note} == {
        note for note in report.notes if "that you gave" not in note
    }
    return found


def codes(browser_check: BrowserCheck, proof: Json, published: object = None) -> set[str]:
    found = compared(browser_check, signed(proof), published)
    assert found is not None
    return found.codes


@pytest.mark.parametrize("version", sorted(RULES))
@pytest.mark.parametrize("seconds", [60, 300, 3600])
def test_an_honest_proof_agrees_step_by_step(browser_check: BrowserCheck, version: int, seconds: int) -> None:
    for direction in Direction:
        rates = dollars(range(-3, seconds + 30), version=version) if seconds < 3600 else None
        chain = steady(version, seconds=seconds + 30, rates=rates)
        proof = proof_of(chain, seconds=seconds, direction=direction, rule_version=version, days=True)
        found = compared(browser_check, signed(proof))
        assert found is not None
        assert (found.verdict, set(found.steps.values())) == ("agrees", {"holds", "none"}), found.faults
        assert found.steps["closes"] == "none"
        assert found.steps["conversions"] == ("none" if rates is None else "holds")


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_found(browser_check: BrowserCheck, forgery: str) -> None:
    change, expected = FORGERIES[forgery]
    assert codes(browser_check, broken(proof_of(steady(), days=True), change)) == expected


@pytest.mark.parametrize("forgery", UNDATED)
def test_each_forgery_of_an_unpublished_day_is_found(browser_check: BrowserCheck, forgery: str) -> None:
    change, expected = UNDATED[forgery]
    assert codes(browser_check, broken(proof_of(steady()), change)) == expected


@pytest.mark.parametrize("forgery", conversion_forgeries.FORGERIES)
@pytest.mark.parametrize("days", [False, True])
def test_each_forgery_of_a_conversion_is_found(browser_check: BrowserCheck, forgery: str, days: bool) -> None:
    change, undated, dated = conversion_forgeries.FORGERIES[forgery]
    proof = broken(proof_of(steady(rates=dollars()), days=days), change)
    assert codes(browser_check, proof) - {"outcome"} == (dated if days else undated)


@pytest.mark.parametrize("change", [skewed, other_need])
def test_it_notes_what_a_proof_cannot_show(browser_check: BrowserCheck, change: Callable[[Json], None]) -> None:
    found = compared(browser_check, signed(broken(proof_of(steady()), lambda p: made_again(p, change))))
    assert found is not None
    assert found.notes


def test_published_days_tell_of_another_past(browser_check: BrowserCheck) -> None:
    proof = proof_of(steady(), days=True)
    (day,) = proof["days"]
    assert codes(browser_check, proof, {"results": [day]}) == set()
    assert codes(browser_check, proof, {"results": [day | {"digest": "00" * 32}]}) == {"day"}
    assert codes(browser_check, proof, {"results": []}) == set()
    for name in day.keys() - {"instrument", "day"}:
        for other_value in (None, 7, "ab" * 32):
            assert codes(browser_check, proof, {"results": [day | {name: other_value}]}) == {"day"}, name
    for undated in (proof_of(steady()), broken(proof_of(steady()), all_of_another_price)):
        assert codes(browser_check, undated, {"results": [day]}) == {"day"}


def test_a_chain_that_is_cut_at_midnight_is_found(browser_check: BrowserCheck) -> None:
    stage = test_verification_at_midnight
    real = steady(start=stage.BEGIN, seconds=90)
    honest = proof_of(real, accepted_at=stage.ACCEPTED_AT, days=True)
    assert codes(browser_check, honest, {"results": real.days()}) == set()
    cut = proof_of(stage.before_midnight(real), accepted_at=stage.ACCEPTED_AT, days=True)
    assert codes(browser_check, cut, {"results": real.days()}) == {"day"}


def test_gaps_and_ends_are_told_like_the_script_tells_them(browser_check: BrowserCheck) -> None:
    gap = Chain([])
    for n in (-1, 0, 9, 60, 70):
        gap.add(ACCEPTED.replace(microsecond=0) + timedelta(seconds=n), ["60000"])
    for chain in (gap, steady(seconds=60), steady(seconds=72), steady(seconds=14)):
        assert codes(browser_check, proof_of(chain)) == set()


def test_a_signature_of_nobody_is_found(browser_check: BrowserCheck) -> None:
    proof = proof_of(steady())
    strangers = browser_check.verify(signed(proof, new_private_key()), JWKS)
    assert strangers is not None
    assert strangers.codes == {"signature"}
    assert (strangers.verdict, strangers.steps["signature"]) == ("disagrees", "fails")
    changed = signed(proof).replace('"profit": "85.00"', '"profit": "95.00"', 1)
    assert compared(browser_check, changed).codes == {"signature"}  # type: ignore[union-attr]
    head, _, signature = json.loads(signed(proof))["jws"].rpartition(".")
    other_signature = f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    assert compared(browser_check, other_signature).codes == {"signature"}  # type: ignore[union-attr]


def test_a_forged_letter_is_judged_alike(browser_check: BrowserCheck) -> None:
    proof = proof_of(steady(), days=True)

    @settings(max_examples=50)
    @given(forgeries(proof))
    def alike(forgery: Forgery) -> None:
        document = forgery.of(proof)
        assume(document not in (signed(proof), json.loads(signed(proof))["jws"]))
        found = compared(browser_check, document)
        assert found is not None
        assert "signature" in found.codes
        assert (found.verdict, found.steps["signature"]) == ("disagrees", "fails")

    alike()


STRANGE = [
    with_kid(["x"]),
    with_kid({"x": 1}),
    with_trade(id=None),
    with_trade(id="\ud800"),
    "\ufeff" + with_trade(),
    signed(proof_of(steady())).replace('"version": 1', '"version": true', 1),
    signed(proof_of(steady())).replace('"duration": 60', '"duration": 60.0', 1),
    signed(proof_of(steady()) | {"version": True}),
    signed(proof_of(steady()) | {"version": 1.0}),
    with_trade().replace('"jws"', '"jws": "", "jws"', 1),
    json.dumps({"proof": None, "jws": json.loads(with_trade())["jws"]}),
    with_trade(duration=10**30),
    with_trade(note=1e-7, more=[1.5, -0.0, 1e22, "\u007f 한 \U0001f600"]),
    "", "{", "[]", "{}", "a.b", "a.b.c", '{"proof": {}, "jws": 5}', '{"proof": NaN, "jws": ""}', "[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("document", STRANGE, ids=range(len(STRANGE)))
def test_a_strange_document_is_answered_alike(browser_check: BrowserCheck, document: str) -> None:
    compared(browser_check, document)


@pytest.mark.parametrize("version", sorted(RULES))
def test_every_history_is_replayed_to_its_outcome(browser_check: BrowserCheck, version: int) -> None:
    @settings(max_examples=25)
    @given(proofs(version))
    def agree(proof: Json) -> None:
        assert codes(browser_check, proof) == set()

    agree()


@settings(max_examples=100)
@given(proofs(2), st.data())
def test_every_random_forgery_is_judged_alike(browser_check: BrowserCheck, proof: Json, data: st.DataObject) -> None:
    forged = copy.deepcopy(proof)
    for _ in range(data.draw(st.integers(1, 2))):
        *way, last = data.draw(st.sampled_from(list(places(forged))))
        place = forged
        for step in way:
            place = place[step]
        place[last] = data.draw(other(place[last]))
    compared(browser_check, signed(forged))
