"""One request at the gateway, as the code that it shares with DRF's door reads it."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from rest_framework.response import Response

from accounts.rest.rates import Counted
from accounts.services.access.authenticate_token import Caller, Credential
from accounts.services.access.keys.authenticate_key import SignedRequest
from trading.rest.orders import OrderOf

if TYPE_CHECKING:
    from trading.gateway.routes import Route


class Lane(Enum):
    """The queue of a request: one that waits for locks must not hold up one that only reads."""

    ORDERS = "orders"
    CLOSES = "closes"
    LISTS = "lists"
    """The newest trades of a caller: one thread reads those of many."""
    READS = "reads"


class Headers(dict[str, str]):
    """Headers by their names in small letters; `get` takes a name as it is usually written."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


class PassedOn(Exception):
    """Django's handler decides about this request: the gateway can't, or would have to tell why it refuses."""

    def __init__(self, *, is_counted: bool) -> None:
        self.is_counted = is_counted
        """Whether Django need not count the request for its address again."""


Outcome = Response | Exception


@dataclass(slots=True, eq=False)
class Sent:
    """A request that can be read. Its lane finds the caller, and settles it."""

    route: Route
    path: str
    headers: Headers
    query_params: QueryDict
    data: dict[str, Any]
    credential: Credential | None
    address: str
    """The client's, behind the operator's proxies."""
    language: str
    """That of its answer."""
    named: UUID
    """The trade in its path; of no meaning at other addresses."""
    order_of: OrderOf | None
    audit: dict[str, Any]
    """The facts for the database's audit, of a request that may change an audited row."""
    loop: AbstractEventLoop
    future: Future[Outcome]
    queued_at: float = 0.0
    caller: Caller | None = None
    counted: list[Counted] = field(default_factory=list)
    """The rates that have counted it."""

    outcome: Outcome | None = field(default=None)

    @property
    def user(self) -> Any:
        return self.caller.user if self.caller else AnonymousUser()

    @property
    def auth(self) -> Any:
        """The access by which its caller came, as DRF names it."""
        return self.caller.access if self.caller else None

    @property
    def lane(self) -> Lane:
        """The queue that serves it: what a list's parameters ask for is read by itself."""
        return Lane.READS if self.route.lane == Lane.LISTS and self.query_params else self.route.lane

    @property
    def person(self) -> object:
        """The key for requests of one caller that must come one after the other."""
        if self.lane in (Lane.READS, Lane.LISTS):
            return self
        credential = self.credential
        return credential.prefix if isinstance(credential, SignedRequest) else credential or self

    def settle(self, outcome: Outcome) -> None:
        """Keeps the answer, or the error that becomes one; the lane delivers it."""
        if self.outcome is None:
            self.outcome = outcome
