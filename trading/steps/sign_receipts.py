from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from uuid import UUID

from accounts.bound_statements import bound_rows
from trading.domain.proof.jws import Signer
from trading.domain.proof.receipts import START, TYP, VERSION, Accepted, Link, Seen, sign_receipt
from trading.models import CloseOrder, FlashTrade, PriceHead
from trading.selectors.proof.receipts import closing_facts
from trading.steps.sign_statement import signing_key
from trading.wire.receipts import close_told, keep_receipt, keep_terms, order_told

# The four binary columns of all receipts come as one value: an array of texts costs more to write and to read.
_INSERT = f"""
    INSERT INTO receipts (
        id, wallet_id, number, price_sequence, previous, price_digest, digest, signature, key_id, version
    )
    SELECT id, wallet_id, number, price_sequence, substr(bytes, 1, 32), substr(bytes, 33, 32), substr(bytes, 65, 32),
        substr(bytes, 97), %(receipt_key)s::bigint, {VERSION}
    FROM unnest(%({{id}})s::uuid[], %({{wallet}})s::bigint[], %(receipt_number)s::int[],
            %(receipt_sequence)s::bigint[]) WITH ORDINALITY AS signed(id, wallet_id, number, price_sequence, n),
        substr(%(receipt_bytes)s::bytea, 160 * n::int - 159, 160) AS bytes
    RETURNING id
"""
INSERT = _INSERT.format(id="receipt_id", wallet="receipt_wallet")
"""Stores the receipts whose `columns` are its values."""

INSERT_WITH_TRADES = _INSERT.format(id="id", wallet="wallet_id")
"""The same where the values have the ids and wallets of as many trades, in the order of their receipts."""


class Receipts:
    """Signs the receipts of one transaction: each continues its wallet's chain. The wallets are locked.

    `key` is the key that signs, as the database has just told it, and `ends` are the ends of the chains by wallet.
    """

    def __init__(self, key: str | None, ends: dict[int, Link], now: datetime) -> None:
        self._told, self._ends, self._now = key, ends, now
        self._rows: list[tuple[object, ...]] = []
        self._bytes = bytearray()

    @cached_property
    def _key(self) -> tuple[int, Signer]:
        return signing_key(self._told, typ=TYP, now=self._now)

    def sign(self, id: UUID, wallet_id: int, kind: Accepted, told: Mapping[str, object], seen: Seen) -> str:
        """Sign the acceptance of the trade or close order with this id. Raises SigningUnavailable."""
        before, (_, signer) = self._ends.get(wallet_id, START), self._key
        signed = sign_receipt(told, kind=kind, wallet=wallet_id, before=before, seen=seen, signer=signer)
        link = self._ends[wallet_id] = signed.link
        self._rows.append((id, wallet_id, link.number, seen.sequence))
        self._bytes += bytes.fromhex(before.digest + seen.digest + link.digest) + signed.signature
        return signed.text

    @property
    def columns(self) -> dict[str, object]:
        """The values of `INSERT`; there is a receipt."""
        ids, wallets, numbers, sequences = map(list, zip(*self._rows, strict=True))
        return {
            "receipt_id": ids,
            "receipt_wallet": wallets,
            "receipt_number": numbers,
            "receipt_sequence": sequences,
            "receipt_bytes": bytes(self._bytes),
            "receipt_key": self._key[0],
        }


def sign_acceptance(trade: FlashTrade, newest: PriceHead | None, receipts: Receipts) -> None:
    """Sign the receipt of a new trade, which was accepted by this newest price. Raises SigningUnavailable."""
    if newest is None:
        raise AssertionError("no order is accepted without a price")
    seen = Seen(newest.sequence, newest.digest)
    keep_terms(trade)
    keep_receipt(trade, receipts.sign(trade.id, trade.wallet_id, Accepted.ORDER, order_told(trade), seen))


def store_receipt(order: CloseOrder, trade: FlashTrade, *, now: datetime) -> None:
    """Sign and store the receipt of a new close order of this trade, under its wallet's lock.

    Raises SigningUnavailable.
    """
    facts = closing_facts(wallet_id=trade.wallet_id, instrument_id=trade.instrument_id)
    receipts = Receipts(facts.key, {trade.wallet_id: facts.end} if facts.end else {}, now)
    receipts.sign(order.id, trade.wallet_id, Accepted.CLOSE, close_told(order, trade), facts.seen)
    bound_rows(INSERT, receipts.columns)
