"""Checks receipts: those of a trade against its proof, a wallet's chain, and those that their holder has kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from trading.domain.proof.jws import BadStatement, canonical
from trading.domain.proof.proof import Acceptance, Proof, ProofUnreadable
from trading.domain.proof.receipts import START, Receipt, read_receipt
from trading.domain.proof.report import Report
from trading.domain.rules import RULES

FITS, CHAIN = "receipt", "receipt-chain"
"""The codes: a receipt doesn't fit its trade or its key; the chain of a wallet is broken, forked or cut."""


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt as its holder has it: its text, and the members that a page of receipts has `beside` it."""

    text: str
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipts:
    """A wallet's chain as the platform shows it now, and the receipts that their holder has kept. None: not given."""

    keys: Mapping[str, str]
    """The platform's public keys by kid."""

    chain: Sequence[Given] | None = None
    kept: Sequence[Given] = ()


def check_receipts(proof: Proof | None, given: Receipts, report: Report) -> None:
    """Check the receipts in the proof, if there is one, and those that are given, against each other.

    Raises ProofUnreadable for an empty chain that nothing contradicts: it shows nothing.
    """
    shown = _check_acceptances(proof, given.keys, report) if proof else []
    kept = _read(given.kept, given.keys, "a receipt that you kept", report)
    chain = _read(given.chain or (), given.keys, "the chain", report)
    if given.chain is not None and not (given.chain or shown or kept or report.faults):
        raise ProofUnreadable("no receipts are in the chain that you gave")
    if proof:
        _check_left_out(proof, shown, [*chain, *kept], report)
    if given.chain is None:
        _check_of_one_chain([*shown, *kept], report)
        _note_other_trades(proof, kept, report)
        return
    _check_chain(chain, report)
    _check_beginning(shown, kept, chain, report)
    for receipt in shown:
        _check_in_chain(receipt, chain, f"receipt {receipt.number} in the proof", report, may_be_later=True)
    for receipt in kept:
        _check_in_chain(receipt, chain, f"receipt {receipt.number} that you kept", report, may_be_later=False)


def _read(given: Iterable[Given], keys: Mapping[str, str], place: str, report: Report) -> list[Receipt]:
    found = []
    for n, each in enumerate(given, 1):
        name = f"{place}, number {n} of these"
        try:
            receipt = read_receipt(each.text, keys)
        except BadStatement as error:
            report.check(False, FITS, f"{name}: {error}")
            continue
        _check_beside(receipt, each.beside, name, report)
        found.append(receipt)
    return found


def _check_beside(receipt: Receipt, beside: Mapping[str, Any], name: str, report: Report) -> None:
    """A page says the same beside a receipt as the receipt."""
    signed = {"wallet": receipt.wallet, "number": receipt.number, "digest": receipt.digest}
    for member in signed.keys() & beside.keys():
        said, right = beside[member], signed[member]
        same = type(said) is type(right) and said == right
        report.check(same, FITS, f"{name}: {member} is {said!r:.80} beside the receipt, by the receipt it is {right!r}")


def _check_acceptances(proof: Proof, keys: Mapping[str, str], report: Report) -> list[Receipt]:
    """The receipts in the proof that can be read, in the order of their acceptances."""
    shown = []
    for acceptance in proof.acceptances:
        if acceptance.receipt is None:
            report.note(f"{acceptance.name} has no receipt: it is older than receipts")
            continue
        for receipt in _read([Given(acceptance.receipt)], keys, acceptance.name, report):
            _check_acceptance(proof, acceptance, receipt, report)
            shown.append(receipt)
    for before, after in pairwise(shown):
        in_order = before.wallet == after.wallet and before.number < after.number
        report.check(in_order, CHAIN, "the trade's receipts are not in the order of their acceptances")
    return shown


def _check_acceptance(proof: Proof, acceptance: Acceptance, receipt: Receipt, report: Report) -> None:
    for name, value in acceptance.told.items():
        said = receipt.told.get(name)
        same = canonical(said) == canonical(value)
        report.check(same, FITS, f"{acceptance.name}: {name} is {value}, its receipt says {said}")
    rules = RULES.get(proof.terms.rule_version)
    if rules is None:
        return
    since = acceptance.accepted_at - rules.price_age_max
    prices = [price for window in proof.windows for price in window.prices]
    seen = any(
        (price.sequence, price.digest) == (receipt.seen.sequence, receipt.seen.digest)
        and since <= price.priced_at < acceptance.decided_from
        for price in prices
    )
    told = f"{acceptance.name}: its receipt names a price that is not in the chain, or was not the newest then"
    report.check(seen, FITS, told)


def _check_chain(chain: Sequence[Receipt], report: Report) -> None:
    """Numbers and hashes: none is missing, changed, or there twice."""
    if chain and chain[0].number == 1:
        report.check(chain[0].previous == START.digest, CHAIN, "the first receipt follows another one")
    for before, after in pairwise(chain):
        name = f"receipt {after.number}"
        if report.check(after.wallet == before.wallet, CHAIN, f"{name} is of another wallet"):
            follows = (after.number, after.previous) == (before.number + 1, before.digest)
            report.check(follows, CHAIN, f"{name} does not follow receipt {before.number}")


def _check_beginning(
    shown: Iterable[Receipt], kept: Iterable[Receipt], chain: Sequence[Receipt], report: Report
) -> None:
    """A chain from a later receipt on must continue the newest kept one, and those before it that are there."""
    if not chain:
        return
    first = chain[0]
    before = [each for each in (*shown, *kept) if each.wallet == first.wallet and each.number < first.number]
    _check_of_one_chain([*before, first], report)
    numbers = {each.number for each in before}
    newest = max((each.number for each in kept if each.wallet == first.wallet), default=None)
    if newest is not None and newest < first.number:
        between = sum(number > newest for number in numbers)
        told = f"receipts are missing between {newest}, which you kept, and the chain, which begins with {first.number}"
        report.check(newest + between + 1 == first.number, CHAIN, told)
    elif first.number > 1 and first.number - 1 not in numbers:
        report.note(f"the chain that you gave begins with receipt {first.number}: nothing shows what was before it")


def _check_of_one_chain(receipts: Iterable[Receipt], report: Report) -> None:
    """Single receipts: no two of a wallet have one number, and each follows its neighbour, if that is there."""
    each_once = {each.text: each for each in receipts}.values()
    for before, after in pairwise(sorted(each_once, key=lambda each: (each.wallet, each.number))):
        if before.wallet != after.wallet:
            continue
        told = f"receipts {before.number} and {after.number} can't both be of one chain"
        report.check(before.number != after.number, CHAIN, told)
        if after.number == before.number + 1:
            report.check(after.previous == before.digest, CHAIN, told)


def _check_left_out(proof: Proof, shown: Sequence[Receipt], others: Iterable[Receipt], report: Report) -> None:
    """The proof has each receipt of its trade that is known from elsewhere."""
    texts = {receipt.text for receipt in shown}
    for receipt in {each.text: each for each in others if each.trade == proof.trade_id}.values():
        name = f"receipt {receipt.number} accepts an order of this trade ({receipt.kind})"
        report.check(receipt.text in texts, FITS, f"{name} that the proof leaves out or tells otherwise")


def _check_in_chain(
    receipt: Receipt, chain: Sequence[Receipt], name: str, report: Report, *, may_be_later: bool
) -> None:
    """`may_be_later`: the chain may have been saved before this receipt."""
    if not report.check(bool(chain), CHAIN, f"{name} is not in the chain, which is empty"):
        return
    first, last = chain[0].number, chain[-1].number
    if not report.check(receipt.wallet == chain[0].wallet, CHAIN, f"{name} is of another wallet than the chain"):
        return
    if receipt.number < first - 1:
        report.note(f"{name} is before the chain that you gave, which begins with {first}")
    elif receipt.number < first:
        return  # its neighbour in the chain shows whether it continues this one
    elif may_be_later and receipt.number > last:
        report.note(f"{name} is after the chain that you gave, which ends with {last}")
    else:
        there = any(each.text == receipt.text for each in chain)
        report.check(there, CHAIN, f"{name} is not in the chain: it was dropped, or another one has its place")


def _note_other_trades(proof: Proof | None, kept: Iterable[Receipt], report: Report) -> None:
    for receipt in kept:
        if proof and receipt.trade != proof.trade_id:
            told = "is of another trade; only the chain shows whether this one is still in it"
            report.note(f"receipt {receipt.number} that you kept {told}")


def verify_chain(given: Receipts) -> Report:
    """Check a wallet's chain alone, and the kept receipts against it."""
    report = Report()
    check_receipts(None, given, report)
    return report
