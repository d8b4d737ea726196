"""Answers that stay the same for a while: with an `ETag`, so that a caller who has one gets 304 and no body."""

import hashlib

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

TAG_LENGTH = 32


def fresh(request: Request, content: bytes, *, caching: str, content_type: str = "application/json") -> HttpResponse:
    """Returns the content with the `Cache-Control` and its `ETag`; 304 if the caller's `If-None-Match` names it."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:TAG_LENGTH]}"'
    response = HttpResponse(content, content_type=content_type, headers={"Cache-Control": caching, "ETag": tag})
    answer = get_conditional_response(request._request, etag=tag, response=response)
    return answer if isinstance(answer, HttpResponse) else response
