import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.identity import new_id
from accounts.domain.outgoing import check_url
from accounts.domain.webhooks.events import ENDPOINTS_MAX, EVENTS, TooManyEndpoints
from accounts.models import User, WebhookEndpoint
from accounts.sealing import seal
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.tell_by_mail import tell_by_mail

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class MadeEndpoint:
    """A new webhook. `secret`, which is shown once, proves to its program that a message is ours."""

    endpoint: WebhookEndpoint
    secret: str


def make_endpoint(*, user_id: int, url: str, events: Iterable[str], now: datetime) -> MadeEndpoint:
    """Register an address for a person's news, and mail them about it. Raises InvalidInput, TooManyEndpoints."""
    wanted = set(events)
    if not wanted or not wanted <= set(EVENTS):
        raise InvalidInput(fields=(FieldError("events", "unknown", f"one or more of {', '.join(EVENTS)}"),))
    address = check_url(url, field="url", allowed=settings.WEBHOOK_NETWORKS)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
    with transaction.atomic(durable=True):
        User.objects.select_for_update(no_key=True).get(pk=user_id)  # the lock makes the count exact
        if WebhookEndpoint.objects.filter(user_id=user_id, removed_at=None).count() >= ENDPOINTS_MAX:
            raise TooManyEndpoints(webhooks_max=ENDPOINTS_MAX)
        endpoint = WebhookEndpoint.objects.create(
            id=new_id(now),
            user_id=user_id,
            url=address,
            events=[event for event in EVENTS if event in wanted],
            encrypted_secret=seal(secret),
            made_at=now,
        )
        tell_by_mail(user_id, "webhook_made", host=urlsplit(address).netloc)
        log_on_commit("webhook made", user_id=user_id)
    return MadeEndpoint(endpoint, secret)
