"""JSON that is written before its answer is rendered: parts that many answers share are written once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.compat import SHORT_SEPARATORS
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


@dataclass(frozen=True, slots=True)
class Written:
    """The body of an answer, as the renderer would write it."""

    text: bytes


# As JSONRenderer makes one for each answer.
_ENCODER = JSONEncoder(
    ensure_ascii=JSONRenderer.ensure_ascii, allow_nan=not JSONRenderer.strict, separators=SHORT_SEPARATORS
)


class Renderer(JSONRenderer):
    """Renders data as JSON, and a body that is written already as it is."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if isinstance(data, Written):
            return data.text
        if data is not None and renderer_context is None:
            text: str = _ENCODER.encode(data)
            return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()
        return super().render(data, accepted_media_type, renderer_context)


RENDERER = Renderer()


def written_page(rows: list[bytes], after: str | None) -> Written:
    """A page of a list, of rows that are written."""
    following = RENDERER.render(after) if after is not None else b"null"
    return Written(b'{"results":[%s],"next":%s}' % (b",".join(rows), following))
