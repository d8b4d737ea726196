"""Finds broken chains of receipts, missing receipts, and those that don't match what they accept."""

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from accounts.domain.money import SCALES
from accounts.reconciliation import Fault
from trading.domain.proof.jws import BadStatement, header_part, key_id, write_bytes
from trading.domain.proof.receipts import TYP, VERSION, read_receipt
from trading.selectors.proof.proofs import public_keys

LINKS = """
    WITH linked AS (
        SELECT id, wallet_id, number, previous, lag(number, 1, 0) OVER chain AS number_before,
            lag(digest, 1, decode(repeat('00', 32), 'hex')) OVER chain AS digest_before
        FROM receipts WINDOW chain AS (PARTITION BY wallet_id ORDER BY number)
    )
    SELECT 'receipts-are-one-chain', 'receipt ' || id,
           format('number %%s of account %%s does not follow number %%s', number, wallet_id, number_before)
    FROM linked WHERE number <> number_before + 1 OR previous <> digest_before
"""

# A day after the first receipt no program is left that takes orders without one: an upgrade has two for minutes.
MISSING = """
    WITH first AS (
        SELECT coalesce(t.accepted_at, c.asked_at) + interval '1 day' AS at
        FROM (SELECT id FROM receipts ORDER BY id LIMIT 1) AS r
        LEFT JOIN flash_trades t ON t.id = r.id LEFT JOIN close_orders c ON c.id = r.id
    ),
    accepted AS (
        SELECT 'trade ' || id AS name, id, accepted_at FROM flash_trades
        UNION ALL
        SELECT 'close order ' || id, id, asked_at FROM close_orders
    )
    SELECT 'each-acceptance-has-its-receipt', name, format('accepted %%s, without a receipt', accepted_at)
    FROM accepted a JOIN first ON a.accepted_at > first.at
    WHERE NOT EXISTS (SELECT FROM receipts r WHERE r.id = a.id)
"""

INSTANT = """
    '"' || to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
        || CASE WHEN mod(extract(microseconds FROM {0}), 1000000) = 0 THEN ''
                ELSE to_char({0} AT TIME ZONE 'UTC', '.US') END || 'Z"'
"""
BASE64 = "translate(encode({0}, 'base64'), E'+/=\\n', '-_')"
STAMP = """
    ',"previous":"' || encode(r.previous, 'hex') || '","price_digest":"' || encode(r.price_digest, 'hex')
        || '","price_sequence":' || r.price_sequence
"""
END = f"""
    ',"trade":"' || t.id || '","version":{VERSION},"wallet":' || r.wallet_id || '}}'
"""
HEADER = f"""convert_to('{{"alg":"EdDSA","kid":"' || k.kid || '","typ":"{TYP}"}}', 'UTF8')"""
# Deliberately another method than the signer's: the content of each receipt from its trade, written by PostgreSQL.
TOLD = f"""
    WITH scales(currency, scale) AS (VALUES {", ".join(f"('{name}', {scale})" for name, scale in SCALES.items())}),
    told AS (
        SELECT r.id, r.digest, r.key_id, r.signature,
            '{{"accepted_at":' || {INSTANT.format("t.accepted_at")}
            || ',"amount":"' || round(t.stake, s.scale)
            || '","client_order_id":' || to_json(t.idempotency_key) || ',"currency":"' || t.currency
            || '","demo":' || t.demo || ',"direction":"' || t.direction || '","duration":' || t.duration_seconds
            || ',"entry_at":' || {INSTANT.format("t.entry_at")} || ',"expires_at":' || {INSTANT.format("t.expires_at")}
            || ',"instrument":"' || i.symbol || '","kind":"order","number":' || r.number
            || ',"payout":"' || round(t.payout, s.scale)
            || '","payout_rate":"' || round(t.payout_rate, greatest(2, min_scale(t.payout_rate)))
            || '","payout_version":' || coalesce(t.payout_version::text, 'null') || {STAMP}
            || ',"rule_version":' || t.rule_version || {END} AS content
        FROM {{receipts}} AS r JOIN flash_trades t ON (t.id, t.wallet_id) = (r.id, r.wallet_id)
        JOIN instruments i ON i.id = t.instrument_id JOIN scales s ON s.currency = t.currency
        UNION ALL
        SELECT r.id, r.digest, r.key_id, r.signature,
            '{{"accepted_at":' || {INSTANT.format("c.asked_at")}
            || ',"client_order_id":' || to_json(t.idempotency_key) || ',"close_at":' || {INSTANT.format("c.close_at")}
            || ',"currency":"' || t.currency || '","demo":' || t.demo || ',"kind":"close","min_price":'
            || coalesce('"' || round(c.min_price, s.scale) || '"', 'null') || ',"number":' || r.number
            || {STAMP} || {END}
        FROM {{receipts}} AS r JOIN close_orders c ON c.id = r.id
        JOIN flash_trades t ON (t.id, t.wallet_id) = (c.trade_id, r.wallet_id) JOIN scales s ON s.currency = t.currency
    )
"""
ALL, LAST = "receipts", "(SELECT DISTINCT ON (wallet_id) * FROM receipts ORDER BY wallet_id, number DESC)"

DIGESTS = f"""
    {TOLD.replace("{receipts}", ALL)},
    hashed AS (
        SELECT t.id, t.digest, sha256(convert_to(
            {BASE64.format(HEADER)} || '.' || {BASE64.format("convert_to(t.content, 'UTF8')")}
            || '.' || {BASE64.format("t.signature")}, 'UTF8'
        )) AS right_one
        FROM told t JOIN signing_keys k ON k.id = t.key_id
    )
    SELECT 'receipt-tells-its-acceptance', 'receipt ' || r.id,
           CASE WHEN h.id IS NULL THEN 'of no trade, close order or key, or of another wallet'
                ELSE 'its terms, its stamp or its signature are not those that its digest is of' END
    FROM receipts r LEFT JOIN hashed h ON h.id = r.id
    WHERE h.id IS NULL OR h.digest <> h.right_one
"""
ENDS = f"""
    {TOLD.replace("{receipts}", LAST)}
    SELECT t.id, k.kid, t.content, t.signature FROM told t JOIN signing_keys k ON k.id = t.key_id
"""


def receipt_faults() -> list[Fault]:
    """Returns the receipts that break their chain or don't match their trade, and the acceptances without one.

    Each digest is computed again from the trade. So a valid signature of a wallet's last receipt is one of all.
    """
    faults: list[Fault] = []
    with connection.cursor() as cursor:
        for query in (LINKS, MISSING, DIGESTS):
            # With params, also none: in a task the audit adds its own, and then every % counts.
            cursor.execute(query, {})
            faults += [Fault(*row) for row in cursor.fetchall()]
        cursor.execute(ENDS, {})
        ends = cursor.fetchall()
    keys = {key_id(public): public for public in public_keys()}
    return faults + [fault for end in ends for fault in _forged(keys, *end)]


def _forged(keys: dict[str, str], id: UUID, kid: str, content: str, signature: bytes) -> Iterator[Fault]:
    text = f"{header_part(kid, TYP)}.{write_bytes(content.encode())}.{write_bytes(bytes(signature))}"
    try:
        read_receipt(text, keys)
    except BadStatement as error:
        yield Fault("receipt-is-signed", f"receipt {id}", str(error))
