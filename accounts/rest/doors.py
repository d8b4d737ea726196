"""The base of all REST doors: each names the query parameters that it reads, and refuses every other."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.domain.errors import FieldError, InvalidInput, duplicate_parameter, unknown_parameter

FAULTS_MAX = 20
Handler = TypeVar("Handler", bound=Callable[..., Any])


def asks(*names: str) -> Callable[[Handler], Handler]:
    """Lists the query parameters that a handler reads. A door refuses all others; without `asks` it takes none."""

    def known(handler: Handler) -> Handler:
        handler.asks = frozenset(names)  # type: ignore[attr-defined]  # read by `Door`
        return handler

    return known


def check_parameters(given: QueryDict, known: frozenset[str]) -> None:
    """Raises InvalidInput with each unknown and each repeated parameter.

    A misspelt filter without effect answers with too much: `?clientOrderId=` with all trades. Of a repeated one a proxy
    may read the first, and we the last.
    """
    faults: list[FieldError] = []
    for name, values in given.lists():
        if name not in known:
            faults.append(unknown_parameter(name))
        elif len(values) > 1:
            faults.append(duplicate_parameter(name))
    if faults:
        raise InvalidInput(fields=tuple(faults[:FAULTS_MAX]))


class Door(APIView):
    """A REST door. After access and rate it checks the query parameters, before the handler reads any of them."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS":  # a browser asks so before it sends the request itself, with the same address
            return
        handler = getattr(self, (request.method or "").lower(), None)
        if handler is not None:  # else the answer is 405, with any parameters
            check_parameters(request._request.GET, getattr(handler, "asks", frozenset()))
