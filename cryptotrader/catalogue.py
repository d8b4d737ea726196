"""The page `/docs/problems`: the `type` of every problem document links to it."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.domain.errors import Refusal
from cryptotrader.problems import CODES


def known_problems() -> dict[str, tuple[int, str]]:
    """Returns every code that a response may contain, with its status and its English title."""
    refusals = {kind.code: (kind.status, kind.title) for kind in _kinds(Refusal)}
    return {code: (status, title) for status, (code, title) in CODES.items()} | refusals


def _kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        if kind.code != base.code:  # same code: the base with a more exact title
            yield kind
        yield from _kinds(kind)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Lists all problems with their status and title, each with its code as the anchor."""
    listed = [
        {"code": code, "status": status, "title": gettext(title)}
        for code, (status, title) in sorted(known_problems().items())
    ]
    return render(request, "problems.html", {"problems": listed})
