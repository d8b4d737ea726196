"""Files that are made while they are read: memory holds one part at a time."""

from collections.abc import AsyncIterator, Callable, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def stream_file(request: HttpRequest, text: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    """Returns the parts of a text as a file with this name, to be saved and not to be stored on the way."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",  # a proxy that buffers the response would undo the streaming
    }
    # Django collects a plain iterator into one list under ASGI, and an asynchronous one under WSGI.
    content = _asynchronously(text) if isinstance(request, ASGIRequest) else text
    return StreamingHttpResponse(content, content_type=content_type, headers=headers)


async def _asynchronously(text: Iterator[str]) -> AsyncIterator[str]:
    read: Callable[[], str | None] = lambda: next(text, None)  # noqa: E731
    while (part := await sync_to_async(read)()) is not None:
        yield part
