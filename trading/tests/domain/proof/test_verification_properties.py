"""Two programs that share no line agree on every possible history: the server, and the script for traders."""

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trading.domain.proof.documents import read_saved_proof
from trading.domain.proof.proof import ProofUnreadable
from trading.domain.proof.reading import read_proof
from trading.domain.proof.receipt_verification import Receipts
from trading.domain.proof.verification import verify
from trading.domain.rules import RULES
from trading.domain.terms import Direction
from trading.tests.chains import ACCEPTED, Chain, Json, steady
from trading.tests.proofs import JWKS, KEYS, proof_of, signed, with_receipt
from trading.tests.script import load_script

script = load_script()
MIDNIGHT = ACCEPTED.replace(hour=0, microsecond=0) + timedelta(days=1)
VENUES = st.lists(st.integers(-12, 12) | st.integers(-60_000, 60_000), min_size=1, max_size=5)
"""The distance of each venue from 60000 in cents: mostly small, now and then far beyond the clamp."""


@st.composite
def rates(draw: st.DrawFn, begin: datetime, around: Sequence[int], version: int, source: str) -> Chain | None:
    """The conversion of every second venue: now and then older than the second, or too old; or none."""
    if draw(st.booleans()):
        return None
    known = Chain([], symbol="USDT-USD", pip=Decimal("0.000001"))
    for offset in around:
        if draw(st.integers(0, 3)):
            mids = [f"{0.9995 + draw(st.integers(-100, 100)) / 1e6:.6f}" for _ in range(2)]
            known.add(begin + timedelta(seconds=offset), mids, version, source if draw(st.integers(0, 9)) else "replay")
    return known


@st.composite
def proofs(draw: st.DrawFn, version: int) -> Json:
    """Proofs of a trade on random prices with gaps, by day or over midnight, whose day is over or not."""
    seconds = draw(st.sampled_from([15, 60, 300]))
    accepted_at = draw(st.sampled_from([ACCEPTED, MIDNIGHT - timedelta(seconds=2.5), MIDNIGHT - timedelta(seconds=60)]))
    begin = accepted_at.replace(microsecond=0)
    source = draw(st.sampled_from(["live", "simulated"]))
    around = [*range(-3, 10), *(n for n in range(seconds - 8, seconds + 8) if n >= 10)]
    chain = Chain([], rates=draw(rates(begin, around, version, source)))
    for offset, venues in zip(around, draw(st.tuples(*[st.none() | VENUES] * len(around))), strict=True):
        if venues is not None or offset == 0:
            mids = [f"{(6_000_000 + cents) / 100:.2f}" for cents in venues or [0]]
            of = source if draw(st.integers(0, 9)) else "replay"
            chain.add(begin + timedelta(seconds=offset), mids, version, of)
    proof = proof_of(
        chain,
        accepted_at=accepted_at,
        seconds=seconds,
        direction=draw(st.sampled_from(Direction)),
        stake=f"{draw(st.integers(1, 100_000)) / 100:.2f}",
        rule_version=version,
        demo=draw(st.booleans()),
        days=draw(st.booleans()),
    )
    return with_receipt(proof) if draw(st.booleans()) else proof


def verdicts(proof: Json) -> tuple[set[str] | None, set[str] | None]:
    """The fault codes of each program; None for a proof that it can't read."""
    try:
        ours = {code for code, _ in verify(read_proof(proof), receipts=Receipts(KEYS)).faults}
    except ProofUnreadable:
        ours = None
    try:
        theirs = {code for code, _ in script.verify(signed(proof), JWKS)[0].faults}
    except script.Unreadable:
        theirs = None
    return ours, theirs


@pytest.mark.long
@pytest.mark.parametrize("version", sorted(RULES))
def test_both_replay_every_history_to_the_outcome_that_it_had(version: int) -> None:
    @settings(max_examples=50)
    @given(proofs(version))
    def agree(proof: Json) -> None:
        assert verdicts(proof) == (set(), set())

    agree()


def places(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of single values in a proof."""
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    if not isinstance(content, dict | list):
        yield way
    for key, value in items:
        yield from places(value, (*way, key))


@pytest.mark.long
@settings(max_examples=150)
@given(proofs(2), st.data())
def test_both_judge_every_forgery_alike(proof: Json, data: st.DataObject) -> None:
    forged = copy.deepcopy(proof)
    for _ in range(data.draw(st.integers(1, 2))):
        *way, last = data.draw(st.sampled_from(list(places(forged))))
        place = forged
        for step in way:
            place = place[step]
        place[last] = data.draw(other(place[last]))
    ours, theirs = verdicts(forged)
    assert ours == theirs


@dataclass(frozen=True)
class Forgery:
    """One letter of the statement, or one value of the readable part, is another."""

    way: tuple[Any, ...]
    """The place of the value in the document, or of the letter in its statement."""

    to: Any
    bare: bool
    """Without the readable part."""

    def of(self, proof: Json) -> str:
        document = json.loads(signed(proof))
        *above, last = self.way
        place = document
        for step in above:
            place = place[step]
        if isinstance(place, str):
            document["jws"] = f"{place[:last]}{self.to}{place[last + 1 :]}"
        else:
            place[last] = self.to
        return document["jws"] if self.bare else json.dumps(document)


def forgeries(proof: Json) -> st.SearchStrategy[Forgery]:
    jws = json.loads(signed(proof))["jws"]
    letters = st.integers(0, len(jws) - 1).map(lambda at: ("jws", at))
    within = letters.filter(lambda way: jws[way[1]] != ".")
    values = st.sampled_from(list(places({"proof": proof})))
    return (
        st.builds(Forgery, letters, st.sampled_from("~.\n\x00é\ud800"), st.just(False))
        | st.builds(Forgery, within, st.sampled_from("~+_=\x00é"), st.just(True))
        | st.builds(Forgery, values, st.sampled_from([None, -7, "x", {}, 0.5, True]), st.just(False))
    )


def test_whatever_a_forged_letter_leaves_the_signature_tells() -> None:
    proof = with_receipt(proof_of(steady(), days=True))

    @settings(max_examples=100)
    @given(forgeries(proof))
    def found(forgery: Forgery) -> None:
        document = forgery.of(proof)
        assume(document not in (signed(proof), json.loads(signed(proof))["jws"]))
        _, ours = read_saved_proof(document, KEYS)
        theirs, _ = script.verify(document, JWKS)
        assert {code for code, _ in ours.faults} == {"signature"}
        assert "signature" in {code for code, _ in theirs.faults}

    found()


def other(value: Any) -> st.SearchStrategy[Any]:
    """Another value of the same type, or of none."""
    anything: st.SearchStrategy[Any] = st.sampled_from(
        [None, "", "x", -1, 0, 1, 2, True, [], {}, "1", "0" * 64, "2026-03-01T12:00:01Z"]
    )
    if isinstance(value, bool):
        return st.just(not value) | anything
    if isinstance(value, int):
        return st.integers(-3, 3).map(lambda by: value + by) | anything
    if isinstance(value, str) and value:
        digits = st.integers(0, len(value) - 1).flatmap(
            lambda at: st.sampled_from("0123456789abcd.-").map(lambda by: value[:at] + by + value[at + 1 :])
        )
        return digits | anything
    return anything
