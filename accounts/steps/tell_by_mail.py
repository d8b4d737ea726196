"""Announces news about a person's money or account, for a mail to them. The door that writes mails listens."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

to_be_told = Signal()
"""Sent after the commit, with `user_id`, `name` (of the mail) and `facts` (its contents)."""


def tell_by_mail(user_id: int, name: str, **facts: str) -> None:
    """Announce a mail after the commit of the caller's transaction. A failure is logged, and undoes nothing."""
    transaction.on_commit(partial(to_be_told.send_robust, None, user_id=user_id, name=name, facts=facts))
