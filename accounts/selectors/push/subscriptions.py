from collections.abc import Sequence

from accounts.models import PushSubscription


def subscriptions_of(user_id: int) -> Sequence[PushSubscription]:
    """The browsers of a person that hear of results, each with its session, newest first."""
    mine = PushSubscription.objects.filter(user_id=user_id).select_related("session")
    return list(mine.order_by("-made_at", "-pk"))
