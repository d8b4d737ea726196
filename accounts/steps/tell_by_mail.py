"""What happened to somebody's money or account, for them to read in a mail. The door that writes mails listens."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

to_be_told = Signal()
"""Sent after the commit, with `user_id`, `name` (of the mail) and `facts` (what it says)."""


def tell_by_mail(user_id: int, name: str, **facts: str) -> None:
    """Have a mail written once the caller's transaction is committed. That it fails undoes nothing, and is logged."""
    transaction.on_commit(partial(to_be_told.send_robust, None, user_id=user_id, name=name, facts=facts))
