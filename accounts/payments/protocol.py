"""What a payment provider can do, whichever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.domain.cashier.invoices import InvoiceStatus
from accounts.domain.errors import Refusal, mark
from accounts.models import Deposit


class InvalidWebhookSignature(Refusal):
    code, status = "invalid-webhook-signature", 401
    title = mark("The signature of this message is missing or wrong")


@dataclass(frozen=True, slots=True)
class Invoice:
    """Where a deposit is to be paid. `reference` is the provider's own id of it."""

    reference: str
    checkout_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """What a webhook tells: only that something has happened to an invoice. How it stands is asked for."""

    delivery_id: str
    kind: str
    store: str
    reference: str
    body: dict[str, object]


class PaymentProvider(Protocol):
    """All calls may take some seconds, and raise PaymentProviderUnavailable when there is no sound answer."""

    @property
    def store(self) -> str:
        """The account with the provider that is ours."""

    def open_invoice(self, deposit: Deposit) -> Invoice:
        """An invoice for this deposit. Asked again for the same one, the same invoice where there is one."""

    def invoice_status(self, reference: str) -> InvoiceStatus | None:
        """How an invoice stands now; None when the provider has none with this reference."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """The message, if the provider has signed it. Asks nobody. Raises InvalidWebhookSignature or InvalidInput."""
