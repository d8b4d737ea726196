"""Checks a settlement again, from the stored prices or from a saved proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.domain.errors import NotFound
from trading.domain.corrections import TradeNotSettled
from trading.domain.proof.days import day_of
from trading.domain.proof.documents import read_saved_proof
from trading.domain.proof.jws import key_id
from trading.domain.proof.proof import Proof, ProofUnreadable
from trading.domain.proof.reading import read_proof
from trading.domain.proof.receipt_verification import Given, Receipts
from trading.domain.proof.report import Report
from trading.domain.proof.verification import verify
from trading.models import FlashTrade, Instrument
from trading.selectors.proof.digests import digests_of_days
from trading.selectors.proof.proofs import public_keys
from trading.selectors.trades import trades_by_id
from trading.services.proof.prove_trade import proof_of


@dataclass(frozen=True, slots=True)
class GivenReceipts:
    """Receipts of files: a wallet's chain as the platform shows it (None: not given), and those that were kept."""

    chain: Sequence[Given] | None = None
    kept: Sequence[Given] = ()


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
    keys = _keys()
    proof, report = read_saved_proof(text, keys)
    if proof is None:
        return report
    try:
        found = _verify(proof, keys, receipts)
    except ProofUnreadable:
        if not report.faults:
            raise
        return report
    return Report(report.faults + found.faults, found.notes)


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
