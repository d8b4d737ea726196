"""Checks a settlement again, from the stored prices or from a saved proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.domain.errors import NotFound
from accounts.domain.json_text import read_json
from trading.domain.corrections import TradeNotSettled
from trading.domain.proof.days import day_of
from trading.domain.proof.jws import BadSignature, BadStatement, canonical, key_id, read
from trading.domain.proof.proof import TYP, Proof, ProofUnreadable
from trading.domain.proof.reading import read_proof
from trading.domain.proof.receipt_verification import Receipts
from trading.domain.proof.report import Report
from trading.domain.proof.verification import verify
from trading.models import FlashTrade, Instrument
from trading.selectors.proof.digests import digests_of_days
from trading.selectors.proof.proofs import public_keys
from trading.selectors.trades import trades_by_id
from trading.services.proof.prove_trade import proof_of


@dataclass(frozen=True, slots=True)
class GivenReceipts:
    """Texts of receipts: a wallet's chain as the platform shows it (None: not given), and those that were kept."""

    chain: Sequence[str] | None = None
    kept: Sequence[str] = ()


NONE_GIVEN = GivenReceipts()


def replay_trade(*, trade_id: UUID, now: datetime, receipts: GivenReceipts = NONE_GIVEN) -> Report:
    """Decide a settled trade again from the stored prices. Raises NotFound, TradeNotSettled and ProofUnreadable."""
    trade = next(iter(trades_by_id([trade_id])), None)
    if trade is None:
        raise NotFound(str(trade_id))
    if trade.state != FlashTrade.State.SETTLED:
        raise TradeNotSettled
    return _verify(read_proof(proof_of(trade, issuer="", now=now)), _keys(), receipts)


def replay_proof(*, text: str, receipts: GivenReceipts = NONE_GIVEN) -> Report:
    """Check a saved proof: its signature by this platform's keys, its content, and its days against the published ones.

    `text` is REST's answer or the bare statement. Raises ProofUnreadable.
    """
    statement, readable = _statement(text.lstrip("\ufeff"))
    keys = _keys()
    try:
        payload = read(statement, keys=keys, typ=TYP)
    except BadSignature as error:
        return Report(faults=[("signature", str(error))])
    except BadStatement as error:
        raise ProofUnreadable(str(error)) from error
    report = _verify(read_proof(payload), keys, receipts)
    report.check(readable in (None, canonical(payload)), "signature", "the readable part is not what was signed")
    return report


def _statement(text: str) -> tuple[str, bytes | None]:
    text = text.removeprefix("\ufeff").strip()
    if not text.startswith("{"):
        return text, None
    try:
        document = read_json(text, parse_fraction=float)
        statement, readable = document["jws"], canonical(document["proof"])
    except (ValueError, KeyError) as error:
        raise ProofUnreadable("no proof is in it") from error
    if not isinstance(statement, str):
        raise ProofUnreadable("no proof is in it")
    return statement, readable


def read_receipts(text: str) -> list[str]:
    """The receipts in a saved answer of REST, or one a line. Raises ProofUnreadable."""
    text = text.removeprefix("\ufeff").strip()
    if not text.startswith("{"):
        return text.split()
    try:
        found = [row["receipt"] for row in read_json(text, parse_fraction=float)["results"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ProofUnreadable("no receipts are in it") from error
    if not all(isinstance(each, str) for each in found):
        raise ProofUnreadable("no receipts are in it")
    return found


def _keys() -> dict[str, str]:
    return {key_id(public): public for public in public_keys()}


def _verify(proof: Proof, keys: Mapping[str, str], receipts: GivenReceipts) -> Report:
    published: dict[tuple[str, date], str] = {}
    for chain in (proof.chain, *proof.conversions):
        instrument = Instrument.objects.filter(symbol=chain.instrument).first()
        wanted = {day_of(price.priced_at) for piece in chain.pieces for price in piece}
        wanted |= {day.day for day, _ in chain.days} | {day_of(window.span.until) for window in proof.windows}
        days = digests_of_days(instrument, wanted) if instrument else {}
        published |= {(chain.instrument, day): digest.digest for day, digest in days.items()}
    return verify(proof, published, Receipts(keys, receipts.chain, receipts.kept))
