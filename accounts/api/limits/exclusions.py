"""Endpoints for time-outs and self-exclusions. Nobody can lift an exclusion."""

import secrets

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.mailbox import mailbox_if_any
from accounts.domain.notation import parse_whole
from accounts.rest.doors import Door
from accounts.rest.inputs import required_texts, takes
from accounts.rest.permissions import PersonOnly
from accounts.selectors.people.person import id_of, person
from accounts.services.limits.exclude_person import TakenExclusion
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.take_time_out import take_time_out
from accounts.wire.limits import exclusion


class TimeOuts(Door):
    permission_classes = (PersonOnly,)

    @takes("hours", "confirmation")
    def post(self, request: Request) -> Response:
        _check_confirmation(request)
        taken = take_time_out(user_id=id_of(request.user), hours=_whole(request, "hours"), clock=timezone.now)
        return _answer(taken)


class SelfExclusions(Door):
    permission_classes = (PersonOnly,)

    @takes("months", "confirmation")
    def post(self, request: Request) -> Response:
        _check_confirmation(request)
        taken = self_exclude(user_id=id_of(request.user), months=_whole(request, "months"), clock=timezone.now)
        return _answer(taken)


def _answer(taken: TakenExclusion) -> Response:
    return Response(exclusion(taken.exclusion), status=200 if taken.replayed else 201)


def _check_confirmation(request: Request) -> None:
    """The caller types their own email, so that nobody excludes themselves by accident. Raises InvalidInput."""
    (typed,) = required_texts(request, "confirmation")
    email = person(id_of(request.user)).email
    if not secrets.compare_digest(mailbox_if_any(typed).encode(), email.encode()):
        raise InvalidInput(fields=(FieldError("confirmation", "invalid", "your own email address is required"),))


def _whole(request: Request, name: str) -> int:
    value = parse_whole(dict(request.data).get(name))
    if value is None or abs(value) > 10**9:
        raise InvalidInput(fields=(FieldError(name, "invalid-number", "a whole number is required"),))
    return value
