"""The site around the gateway, as the gateway needs it. `cryptotrader` has it; here is its form."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from rest_framework.response import Response

from trading.gateway.sent import Sent


@dataclass(frozen=True, slots=True)
class Place:
    """Facts of a request that it doesn't tell by itself."""

    request_id: str
    address: str
    """The client's."""
    is_secure: bool
    language: str
    """That of the answer."""


class Told(NamedTuple):
    """A request that has been answered; its line in the log and its counts are still to come."""

    sent: Sent
    place: Place
    answer: Response
    length: int
    """That of the answer's body, in bytes."""
    seconds: float


class Site(Protocol):
    """What is the same for all requests of the platform."""

    def place(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> Place | None:
        """Returns the place of a request that has been read to its end; None for one that Django must refuse."""

    def problem(self, error: Exception) -> Response:
        """Returns the problem document of a refusal or an error."""

    def head(self, sent: Sent, place: Place, answer: Response, length: int) -> list[tuple[bytes, bytes]]:
        """Returns the headers of an answer."""

    def tell(self, answered: Sequence[Told]) -> None:
        """Writes the requests' lines in the log, and counts them."""

    def in_one_write(self) -> AbstractContextManager[None]:
        """Lines of this thread wait for the end of the block: a call of the system costs as much as a line."""
