"""`/docs/problems`: where the `type` of every problem leads."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.domain.errors import Refusal
from cryptotrader.problems import CODES


def known_problems() -> dict[str, tuple[int, str]]:
    """Every code that an answer may carry, with its status and its English title."""
    refusals = {kind.code: (kind.status, kind.title) for kind in _kinds(Refusal)}
    return {code: (status, title) for status, (code, title) in CODES.items()} | refusals


def _kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        if kind.code != base.code:  # else it is the base again, in closer words
            yield kind
        yield from _kinds(kind)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """All problems with their status and title, each under its code."""
    listed = [
        {"code": code, "status": status, "title": gettext(title)}
        for code, (status, title) in sorted(known_problems().items())
    ]
    return render(request, "problems.html", {"problems": listed})
