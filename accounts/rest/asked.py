"""The parts of a request that the toolkit reads. DRF's request has them, and that of the order gateway."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.http import QueryDict


class Body(Protocol):
    """The content of a request, or of one order among many."""

    @property
    def data(self) -> Any:
        """The members of the JSON body."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Found by their names in small or capital letters."""


class Asked(Body, Protocol):
    """A request whose caller is known."""

    @property
    def query_params(self) -> QueryDict: ...

    @property
    def path(self) -> str: ...

    @property
    def user(self) -> Any:
        """A `User`, or Django's anonymous one."""
