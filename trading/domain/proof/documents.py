"""Reads the documents that people save: a proof with its signed statement, and receipts."""

from collections.abc import Mapping, Sequence

from accounts.domain.json_text import read_json
from trading.domain.proof.jws import BadSignature, BadStatement, canonical, is_statement, read
from trading.domain.proof.proof import TYP, Proof, ProofUnreadable
from trading.domain.proof.reading import read_proof
from trading.domain.proof.receipt_verification import Given
from trading.domain.proof.report import Report


def read_saved_proof(text: str, keys: Mapping[str, str]) -> tuple[Proof | None, Report]:
    """Read REST's answer or the bare statement: the proof, and the faults of its signature by `keys` (by kid).

    The proof is None if none of `keys` signed it: a forged one need not be readable. Raises ProofUnreadable.
    """
    statement, readable = _statement(text.removeprefix("\ufeff").strip())
    report = Report()
    try:
        payload = read(statement, keys=keys, typ=TYP)
    except BadSignature as error:
        report.check(False, "signature", str(error))
        return None, report
    except BadStatement as error:
        raise ProofUnreadable(str(error)) from error
    same = readable in (None, canonical(payload))
    report.check(same, "signature", "the readable part is not what was signed")
    try:
        return read_proof(payload), report
    except ProofUnreadable:
        if same:
            raise
        return None, report


def _statement(text: str) -> tuple[str, bytes | None]:
    """The statement, and the readable part beside it."""
    if is_statement(text):
        return text, None
    try:
        document = read_json(text, parse_fraction=float)
        statement, readable = document["jws"], canonical(document["proof"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProofUnreadable("no proof is in it") from error
    if not isinstance(statement, str):
        raise ProofUnreadable("no proof is in it")
    return statement, readable


def read_receipts(text: str) -> Sequence[Given]:
    """The receipts in a saved answer of REST, or one a line; none in an empty one. Raises ProofUnreadable."""
    text = text.removeprefix("\ufeff").strip()
    try:
        found = _of_page(read_json(text, parse_fraction=float)) if text.startswith("{") else map(Given, text.split())
    except (ValueError, KeyError, TypeError) as error:
        raise ProofUnreadable("no receipts are in it") from error
    given = list(found)
    if given and not any(each.text.count(".") == 2 for each in given):
        raise ProofUnreadable("no receipts are in it")
    return given


def _of_page(page: Mapping[str, object]) -> Sequence[Given]:
    rows, wallet = page["results"], {"wallet": page["wallet"]} if "wallet" in page else {}
    if not isinstance(rows, list) or not all(isinstance(row["receipt"], str) for row in rows):
        raise TypeError("not receipts")
    return [Given(row["receipt"], {**row, **wallet}) for row in rows]
