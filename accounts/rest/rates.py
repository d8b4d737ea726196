"""How often one caller may come to a door in a minute, for doors that take work and keep nothing."""

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.domain.access.attempts import network_of
from accounts.rest.authentication import address_of

MINUTE = 60


class MinuteRate(BaseThrottle):
    """So many requests in each minute of the clock: of a person, or of an address where nobody is signed in.

    Redis counts, each request once however many come at once. While it is away nobody is refused.
    """

    door = ""
    """Its name in `settings.RATES_A_MINUTE`; a door that isn't there is free."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        most = settings.RATES_A_MINUTE.get(self.door)
        if most is None:
            return True
        who = request.user.pk or network_of(address_of(request))
        key = f"rate:{self.door}:{who}:{int(timezone.now().timestamp()) // MINUTE}"
        cache.add(key, 0, 2 * MINUTE)
        count: int | None = cache.incr(key)  # None while Redis is away
        return count is None or count <= most

    def wait(self) -> float:
        return MINUTE - timezone.now().timestamp() % MINUTE
