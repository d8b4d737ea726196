from functools import partial

from django.db import transaction

from accounts.publish import publish, wallet_messages
from accounts.selectors.ledger.wallets import wallets_by_id


def publish_wallet_on_commit(wallet_id: int) -> None:
    """Publish the wallet to its owner's screens after the commit of the caller's transaction."""
    transaction.on_commit(partial(_publish, wallet_id))


def _publish(wallet_id: int) -> None:
    publish(wallet_messages(wallets_by_id([wallet_id])))
