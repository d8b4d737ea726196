"""The Celery tasks: one call each. A task that comes late, twice or never does no harm."""

from celery import shared_task
from django.utils import timezone

from accounts.services.access import prune_access as pruning
from accounts.services.approvals import expire_requests as expiry
from accounts.services.cashier import sweep_deposits as sweep
from accounts.services.people import prune_logins as history
from accounts.services.people import tell_announcements as telling
from accounts.services.people.send_mail import send_mail as send
from accounts.services.webhooks import prune_messages as webhooks

DAY_SECONDS = 86_400


@shared_task(name="accounts.expire_requests", expires=300)
def expire_requests(**_: object) -> None:
    """End the overdue approval requests."""
    expiry.expire_requests(now=timezone.now())


@shared_task(
    name="accounts.send_mail",
    expires=DAY_SECONDS,
    autoretry_for=(Exception,),
    retry_backoff=10,
    retry_backoff_max=300,
    max_retries=10,
)
def send_mail(*, to: str, subject: str, text: str, html: str, **_: object) -> None:
    """Send a mail. Retry for half an hour while the mail server is unavailable, then log the failure."""
    send(to=to, subject=subject, text=text, html=html)


@shared_task(name="accounts.prune_access", expires=600)
def prune_access(**_: object) -> None:
    """Delete spent signatures, old failures and ended sessions."""
    pruning.prune_access(now=timezone.now())


@shared_task(name="accounts.prune_logins", expires=3600)
def prune_logins(**_: object) -> None:
    """Remove logins that nobody needs any more from the history."""
    history.prune_logins(now=timezone.now())


@shared_task(name="accounts.sweep_deposits", expires=60)
def sweep_deposits(**_: object) -> None:
    """Look after deposits whose provider's message was lost, and overdue ones. A safety net, sent by the beat."""
    sweep.sweep_deposits(now=timezone.now())


@shared_task(name="accounts.prune_webhooks", expires=3600)
def prune_webhooks(**_: object) -> None:
    """Delete old messages of webhooks."""
    webhooks.prune_messages(now=timezone.now())


@shared_task(name="accounts.tell_announcements", expires=10)
def tell_announcements(**_: object) -> None:
    """Tell open pages of the announcements that have just begun."""
    telling.tell_announcements(now=timezone.now())
