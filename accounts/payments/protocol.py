"""The interface of all payment providers."""

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
    """The address for paying a deposit. `reference` is the provider's own id of the invoice."""

    reference: str
    checkout_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """The content of a webhook: an event of an invoice. It isn't trusted for the invoice's state: ask the provider."""

    delivery_id: str
    kind: str
    store: str
    reference: str
    body: dict[str, object]


class PaymentProvider(Protocol):
    """All calls may take some seconds. They raise PaymentProviderUnavailable without a valid response."""

    @property
    def store(self) -> str:
        """Our account with the provider."""

    def open_invoice(self, deposit: Deposit) -> Invoice:
        """Returns an invoice for this deposit: the existing one where there is one."""

    def invoice_status(self, reference: str) -> InvoiceStatus | None:
        """Returns the present state of an invoice; None if the provider has none with this reference."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """Returns the message if the provider signed it; no request. Raises InvalidWebhookSignature or InvalidInput."""
