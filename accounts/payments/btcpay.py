"""Takes deposits through BTCPay Server's Greenfield API: https://docs.btcpayserver.org/API/Greenfield/v1/"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote, urlsplit

from accounts.domain.cashier.invoices import InvoiceState, InvoiceStatus
from accounts.domain.cashier.real_money import PaymentProviderUnavailable
from accounts.domain.errors import InvalidInput
from accounts.domain.json_text import NotJson, read_json
from accounts.domain.money import write_money
from accounts.domain.texts import storable
from accounts.models import Deposit
from accounts.payments.http import ask
from accounts.payments.protocol import Event, InvalidWebhookSignature, Invoice

STATES = {
    "New": InvoiceState.OPEN,
    "Processing": InvoiceState.PROCESSING,
    "Settled": InvoiceState.SETTLED,
    "Expired": InvoiceState.EXPIRED,
    "Invalid": InvoiceState.INVALID,
}
TEXT_MAX = 120
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,28})?", re.ASCII)
"""BTCPay computes with the decimals of .NET, which have up to 28 places."""


@dataclass(frozen=True, slots=True)
class BTCPay:
    """One store of one server. The key needs `btcpay.store.cancreateinvoice` and `btcpay.store.canviewinvoices`."""

    url: str
    store: str
    api_key: str
    webhook_secret: str

    def open_invoice(self, deposit: Deposit) -> Invoice:
        """Searches by order id before it creates an invoice: a lost response must not lead to a second invoice."""
        order_id = str(deposit.pk)
        found = ask("GET", self._invoices, headers=self._headers, params={"orderId": order_id})
        if isinstance(found, list) and found:
            return _invoice(_object(found[-1]))
        body = {
            "amount": write_money(deposit.amount, deposit.currency),
            "currency": deposit.currency,
            "metadata": {"orderId": order_id},
        }
        return _invoice(_object(ask("POST", self._invoices, headers=self._headers, body=body)))

    def invoice_status(self, reference: str) -> InvoiceStatus | None:
        answer = ask("GET", f"{self._invoices}/{quote(reference, safe='')}", headers=self._headers)
        if answer is None:
            return None
        invoice = _object(answer)
        if (invoice.get("id"), invoice.get("storeId")) != (reference, self.store):
            raise PaymentProviderUnavailable
        return _status(invoice)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        mac = hmac.new(self.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers.get("BTCPay-Sig", "").lower().encode(), f"sha256={mac}".encode()):
            raise InvalidWebhookSignature
        try:
            told = read_json(body, parse_fraction=str)
        except NotJson as error:
            raise InvalidInput("The body is not valid JSON") from error
        return _event(told)

    @property
    def _invoices(self) -> str:
        return f"{self.url.rstrip('/')}/api/v1/stores/{quote(self.store, safe='')}/invoices"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self.api_key}"}


def _event(told: object) -> Event:
    if not isinstance(told, dict):
        raise InvalidInput("The body must be a JSON object")
    names = ("deliveryId", "type", "storeId", "invoiceId")
    texts = [told.get(name) for name in names]
    delivery, kind, store, reference = (text if isinstance(text, str) else "" for text in texts)
    short = all(0 < len(text) <= TEXT_MAX for text in (delivery, store, reference)) and 0 < len(kind) <= 60
    if not short or not _all_storable(told):
        raise InvalidInput(f"{', '.join(names)} must be texts")
    return Event(delivery, kind, store, reference, told)


def _all_storable(value: object) -> bool:
    if isinstance(value, dict):
        return all(storable(key) and _all_storable(each) for key, each in value.items())
    if isinstance(value, list):
        return all(_all_storable(each) for each in value)
    return storable(value) if isinstance(value, str) else True


def _object(answer: object) -> dict[str, object]:
    if not isinstance(answer, dict):
        raise PaymentProviderUnavailable
    return answer


def _invoice(answer: dict[str, object]) -> Invoice:
    reference, link, ends = answer.get("id"), answer.get("checkoutLink"), answer.get("expirationTime")
    if not isinstance(reference, str) or not 0 < len(reference) <= TEXT_MAX:
        raise PaymentProviderUnavailable
    if not isinstance(link, str) or len(link) > 500 or urlsplit(link).scheme not in ("http", "https"):
        raise PaymentProviderUnavailable
    if not isinstance(ends, int) or not 0 < ends < 2**33:
        raise PaymentProviderUnavailable
    return Invoice(reference, link, datetime.fromtimestamp(ends, UTC))


def _status(invoice: dict[str, object]) -> InvoiceStatus:
    amount, state, metadata = _amount(invoice.get("amount")), invoice.get("status"), invoice.get("metadata")
    currency, note = _short(invoice.get("currency")), _short(invoice.get("additionalStatus", "None"))
    if amount is None or currency is None or note is None:
        raise PaymentProviderUnavailable
    if not isinstance(state, str) or state not in STATES:
        raise PaymentProviderUnavailable
    order_id = metadata.get("orderId") if isinstance(metadata, dict) else None
    paid = _amount(invoice.get("paidAmount"))
    notes = ["" if note == "None" else note]
    if "paidAmount" in invoice and paid is None:  # absent before BTCPay 2: there the additional status tells enough
        notes.append(f"with an unreadable paidAmount {ascii(invoice['paidAmount'])[:60]}")
    return InvoiceStatus(
        reference=str(invoice["id"]),
        order_id=order_id if isinstance(order_id, str) else "",
        state=STATES[state],
        amount=amount,
        currency=currency,
        paid=paid,
        note=" ".join(filter(None, notes)),
    )


def _amount(told: object) -> Decimal | None:
    """The decimal of a number or of a text; None for any other value."""
    if isinstance(told, Decimal) and told.is_finite() and abs(told.adjusted()) <= TEXT_MAX:
        told = format(told, "f")
    elif isinstance(told, int) and not isinstance(told, bool) and abs(told) < 10**18:
        told = str(told)
    return Decimal(told) if isinstance(told, str) and _AMOUNT.fullmatch(told) else None


def _short(told: object) -> str | None:
    """The text, if it can be stored and shown."""
    return told if isinstance(told, str) and len(told) <= TEXT_MAX and storable(told) else None
