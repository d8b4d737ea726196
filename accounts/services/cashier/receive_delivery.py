from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import structlog
from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.cashier.real_money import Provider
from accounts.models import WebhookDelivery
from accounts.payments.protocol import Event
from accounts.payments.providers import provider_named
from accounts.selectors.cashier.real_money import deposits_of_payment
from accounts.services.cashier.follow_invoice import apply_status
from accounts.steps.cashier.lock_cashier import lock_deposit

log = structlog.get_logger(__name__)


class Received(StrEnum):
    """DONE: applied; REPLAYED: this delivery was applied before; IGNORED: about no deposit of ours."""

    DONE = "done"
    REPLAYED = "replayed"
    IGNORED = "ignored"


def receive_delivery(*, provider: Provider, headers: Mapping[str, str], body: bytes, now: datetime) -> Received:
    """Apply a provider's message, once per delivery. A repeated delivery has a new id, and finds the deposit changed.

    The message only names the invoice: its state, amount and currency are read from the provider. The message is stored
    in the transaction that applies it, so a failed delivery is handled when it comes again. Raises
    InvalidWebhookSignature, InvalidInput, PaymentProviderUnavailable.
    """
    taker = provider_named(provider)
    if taker is None:
        raise ValueError(f"{provider} sends no messages")
    event = taker.read_webhook(headers, body)
    if _known(provider, event):
        return Received.REPLAYED
    deposit = deposits_of_payment(provider, event.reference).filter(provider_reference=event.reference).first()
    if deposit is None or event.store != taker.store:
        log.warning("webhook about nothing of ours", provider=provider, store=event.store, invoice=event.reference)
        return Received.IGNORED
    invoice = taker.invoice_status(event.reference)
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit.pk)
        if not _store(provider, event, now):
            return Received.REPLAYED
        apply_status(deposit, invoice, now=now)
    return Received.DONE


def _known(provider: Provider, event: Event) -> bool:
    return WebhookDelivery.objects.filter(provider=provider, delivery_id=event.delivery_id).exists()


def _store(provider: Provider, event: Event, now: datetime) -> bool:
    """Store the delivery; False if its id is known."""
    try:
        with transaction.atomic():
            WebhookDelivery.objects.create(
                provider=provider,
                delivery_id=event.delivery_id,
                event=event.kind,
                reference=event.reference,
                body=event.body,
                received_at=now,
            )
    except IntegrityError as error:
        if constraint_of(error) != "one_delivery_each":
            raise
        return False
    return True
