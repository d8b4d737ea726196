"""Limits the requests of one caller per minute, for doors that do work but store nothing."""

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
    """Allows a number of requests per clock minute: per person, or per address for visitors.

    Redis counts each request exactly once, also parallel ones. Without Redis nobody is refused.
    """

    door = ""
    """Its name in `settings.RATES_A_MINUTE`. A door without an entry has no limit."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        most = settings.RATES_A_MINUTE.get(self.door)
        if most is None:
            return True
        who = request.user.pk or network_of(address_of(request))
        key = f"rate:{self.door}:{who}:{int(timezone.now().timestamp()) // MINUTE}"
        cache.add(key, 0, 2 * MINUTE)
        count: int | None = cache.incr(key)  # None without Redis
        return count is None or count <= most

    def wait(self) -> float:
        return MINUTE - timezone.now().timestamp() % MINUTE
