"""A wallet's chain without a proof: files and pages of receipts, read and judged by both verifiers."""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from trading.domain.proof.documents import read_receipts
from trading.domain.proof.jws import read
from trading.domain.proof.proof import ProofUnreadable
from trading.domain.proof.receipt_verification import Receipts, verify_chain
from trading.domain.proof.receipts import TYP as RECEIPT_TYP
from trading.domain.proof.receipts import digest_of
from trading.tests.domain.proof.test_verification_properties import places
from trading.tests.services.proof.test_receipt_forgeries import Held, Json, agreed, held, jwks, keys, script

__all__ = ["held"]


def judged_alone(chain: str, kept: str = "") -> set[str] | None:
    """The codes of both verifiers, which agree, on two files without a proof; None for what they can't check."""
    try:
        ours = verify_chain(Receipts(keys(), read_receipts(chain), read_receipts(kept)))
    except ProofUnreadable:
        with pytest.raises(script.Unreadable):
            script.verify_chain(jwks(), script.receipts_in(chain, "chain"), script.receipts_in(kept, "kept"))
        return None
    theirs = script.verify_chain(jwks(), script.receipts_in(chain, "chain"), script.receipts_in(kept, "kept"))
    return agreed(ours, theirs)


def page_of(chain: Sequence[str]) -> Json:
    """The receipts as REST answers them."""
    told = [read(text, keys=keys(), typ=RECEIPT_TYP) for text in chain]
    shown = [
        {"number": receipt["number"], "digest": digest_of(text), "receipt": text}
        for receipt, text in zip(told, chain, strict=True)
    ]
    return {"wallet": told[0]["wallet"], "results": shown, "next": None}


def forged_pages(chain: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The page with another value at each place that says something of a receipt, and the name of the place."""
    page = json.dumps(page_of(chain))
    for way in places(json.loads(page)):
        *above, last = way
        for to in (another, str, lambda _: None):
            place = forged = json.loads(page)
            for step in above:
                place = place[step]
            value, place[last] = place[last], to(place[last])
            if last != "next" and value != place[last]:
                yield json.dumps(forged), f"{way}: {place[last]}"


def another(value: Any) -> Any:
    """Another value of the same type."""
    return f"{value[:-1]}{'b' if value[-1] == 'a' else 'a'}" if isinstance(value, str) else (value or 0) + 1


def beginnings(chain: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str], bool]]:
    """Each beginning of the chain, each choice of kept receipts, and whether some after the last one are missing."""
    for first in range(1, len(chain) + 1):
        for kept in product((False, True), repeat=len(chain)):
            numbers = [number for number, is_kept in enumerate(kept, 1) if is_kept]
            missing = bool(numbers) and numbers[-1] < first - 1
            yield chain[first - 1 :], [chain[number - 1] for number in numbers], missing


def test_a_gap_after_the_last_kept_receipt_is_a_fault(held: Held) -> None:
    for chain, kept, missing in beginnings(held.chain):
        found = judged_alone("\n".join(chain), "\n".join(kept))
        assert found == ({"receipt-chain"} if missing else set()), (len(chain), len(kept))
    assert held.judged(held.chain[2:], held.chain[:1]) == set(), "the proof has the one between"


def test_a_page_says_of_each_receipt_what_was_signed(held: Held) -> None:
    assert judged_alone(json.dumps(page_of(held.chain))) == set()
    unreadable = set()
    for forged, name in forged_pages(held.chain):
        found = judged_alone(forged)
        assert found is None or "receipt" in found, name
        if found is None:
            unreadable.add(name.split(":")[0])
    assert unreadable == {f"('results', {n}, 'receipt')" for n in range(3)}, "null instead of a text"


@pytest.mark.parametrize(
    "content",
    ["", " \n", '{"wallet": 1, "results": [], "next": null}', '{"results": {}}', "{", "[1]", "<html>no"],
)
def test_a_chain_without_receipts_shows_nothing(held: Held, content: str) -> None:
    assert judged_alone(content) is None
    is_empty = content.strip() == "" or "[]" in content
    assert judged_alone(content, held.chain[-1]) == ({"receipt-chain"} if is_empty else None), "all were dropped"


def test_the_chain_is_checked_without_a_proof(held: Held, tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps(jwks()))
    chain = tmp_path / "chain.json"
    chain.write_text(json.dumps(page_of(held.chain[:-1])))
    (tmp_path / "kept.txt").write_text(held.chain[-1] + "\n")
    given = ["--jwks", str(tmp_path / "jwks.json"), "--receipts", str(chain)]
    assert script.main(given) == 0
    kept = tmp_path / "kept.txt"
    assert script.main([*given, "--kept", str(kept)]) == 3
    other = tmp_path / "other.txt"
    other.write_text(held.resigned(held.chain[-1], amount="8.00"))
    assert script.main([*given[:2], "--kept", str(kept)]) == 0
    assert script.main([*given[:2], "--kept", str(kept), "--kept", str(other)]) == 3, "two chains"
    other.write_text("\n")
    assert script.main([*given, "--kept", str(other)]) == 1
    chain.write_text("")
    assert script.main(given) == 1
    assert script.main([*given, "--kept", str(kept)]) == 3, "all were dropped"
