"""The route of a request, also where a middleware has answered before anybody looked for its view."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve


def is_static(request: HttpRequest) -> bool:
    """Whether the request asks for a file of the pages."""
    return request.path.startswith(settings.STATIC_URL)


def match_of(request: HttpRequest) -> ResolverMatch | None:
    """Returns the view that the request's path leads to; None if there is none, or it is a file."""
    found: ResolverMatch | None = request.resolver_match or getattr(request, "found", None)
    if found or is_static(request):
        return found
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None
