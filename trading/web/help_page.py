"""The help: the rules of the market in pictures, and the ways on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """For visitors too. The pictures are templates, so their words are in the reader's language."""
    return render(request, "trading/help/help.html", {"page": "help"})
