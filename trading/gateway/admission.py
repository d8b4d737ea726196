"""Finds the callers of a batch, and holds them to their scopes and rates: one call for each of these, for all."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import DatabaseError
from rest_framework.exceptions import Throttled

from accounts.domain.access.attempts import network_of
from accounts.domain.access.scopes import KeyAccess
from accounts.domain.errors import Refusal
from accounts.rest.permissions import check_scope
from accounts.rest.rates import count_requests, seconds_left
from accounts.services.access.authenticate_token import Caller, Credential, TokenAccess, authenticate_callers
from accounts.services.access.keys.authenticate_key import SignedRequest, spend_signatures
from accounts.services.access.note_session_use import NOTED_EVERY, note_session_uses
from trading.gateway.sent import PassedOn, Sent

SESSIONS_KEPT = 20_000


def admit(batch: Sequence[Sent], now: datetime) -> list[Sent]:
    """Settles those that are refused or passed on; returns the others, each with its caller.

    Django's handler tells why a credential is refused, after it has looked again.
    """
    left = _within_the_rate_of_their_address(batch)
    left = _with_a_caller(left, now)
    left = _within_their_rates(left)
    left = _with_a_new_signature(left, now)
    USES.note(left, now)
    return left


def _unsettled(batch: Iterable[Sent]) -> list[Sent]:
    return [sent for sent in batch if sent.outcome is None]


def _within_the_rate_of_their_address(batch: Sequence[Sent]) -> list[Sent]:
    found = count_requests([("address", network_of(sent.address)) for sent in batch])
    for sent, counted in zip(batch, found, strict=True):
        if counted is not None:
            sent.counted.append(counted)
            if counted.is_one_too_many:
                sent.settle(PassedOn(is_counted=False))
    return _unsettled(batch)


def _with_a_caller(batch: Sequence[Sent], now: datetime) -> list[Sent]:
    """Staff are passed on: their sessions end without use."""
    asked = [(sent, sent.credential) for sent in batch if sent.credential is not None]
    callers = _callers([(credential, sent.address) for sent, credential in asked], now)
    for (sent, _), caller in zip(asked, callers, strict=True):
        sent.caller = caller
        if caller is None or caller.user.is_staff or not _may(caller.access, sent):
            sent.settle(PassedOn(is_counted=True))
    return _unsettled(batch)


def _callers(asked: Sequence[tuple[Credential, str]], now: datetime) -> list[Caller | None]:
    """One credential that makes the code fail must not hurt the others: Django shows its fault."""
    try:
        return authenticate_callers(asked, now=now)
    except DatabaseError:
        raise
    except Exception:
        if len(asked) == 1:
            return [None]
    return [caller for each in asked for caller in _callers([each], now)]


def _may(access: TokenAccess | KeyAccess, sent: Sent) -> bool:
    if sent.route.is_public or not isinstance(access, KeyAccess):
        return True
    try:
        check_scope(access, sent.route.method, sent.route.scopes)
    except Refusal:
        return False
    return True


def _within_their_rates(batch: Sequence[Sent]) -> list[Sent]:
    """Counts each at all its rates, as DRF does. Visitors count at a door by their address, and not at all together."""
    asked = [
        (sent, rate) for sent in batch for rate in sent.route.rates if sent.caller is not None or rate != "requests"
    ]
    found = count_requests([(rate, sent.user.pk or network_of(sent.address)) for sent, rate in asked])
    for (sent, _), counted in zip(asked, found, strict=True):
        if counted is not None:
            sent.counted.append(counted)
            if counted.is_one_too_many:
                sent.settle(Throttled(seconds_left()))
    return _unsettled(batch)


def _with_a_new_signature(batch: Sequence[Sent], now: datetime) -> list[Sent]:
    """Uses up the signatures, last of all: a request that is passed on needs its own."""
    signed = [sent for sent in batch if isinstance(sent.credential, SignedRequest)]
    if not signed:
        return list(batch)
    new = spend_signatures([_signature(sent) for sent in signed], now=now)
    for sent, is_new in zip(signed, new, strict=True):
        if not is_new:
            sent.settle(PassedOn(is_counted=True))
    return _unsettled(batch)


def _signature(sent: Sent) -> tuple[int, str]:
    access = sent.caller and sent.caller.access
    if not isinstance(sent.credential, SignedRequest) or not isinstance(access, KeyAccess):
        raise TypeError("only a signed request of a known key has one")
    return access.id, sent.credential.signature


class Uses:
    """Notes the use of sessions, and remembers for a minute which it has noted: most requests then cost nothing."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, datetime] = OrderedDict()

    def note(self, batch: Iterable[Sent], now: datetime) -> None:
        """Two threads may note the same session: the service then does it once."""
        uses = {}
        for sent in batch:
            access = sent.caller and sent.caller.access
            if isinstance(access, TokenAccess) and self._is_due(access.session_key, now):
                uses[access.session_key] = sent.address
        if uses:
            with suppress(DatabaseError):  # the list of devices gets staler
                note_session_uses(uses, now=now)

    def _is_due(self, key: str, now: datetime) -> bool:
        noted = self._noted.get(key)
        if noted is not None and timedelta(0) <= now - noted < NOTED_EVERY:
            return False
        self._noted[key] = now
        if len(self._noted) > SESSIONS_KEPT:
            self._noted.popitem(last=False)
        return True


USES = Uses()
