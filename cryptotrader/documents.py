"""The pages `/docs/…`: documents of docs/ for traders and their programs, translated where a translation exists."""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

SHOWN = ("rules", "verification", "api", "api-changes", "streams", "glossary")
READABLE = {
    # A keyboard can reach an area that scrolls sideways; a table head without words isn't a head.
    "<table>": '<div class="table-scroll" tabindex="0"><table class="table">',
    "</table>": "</table></div>",
    "<pre>": '<pre tabindex="0">',
    "<th></th>": "<td></td>",
}
_BEFORE_PERCENT = re.compile(r"(?<=\d) (?=%)")
_LINK = re.compile(r"([a-z-]+)(\.ko)?\.md(#.*)?")


@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    """Shows one document. It is ours, so its HTML is safe; the renderer escapes raw HTML in it."""
    if name not in SHOWN:
        raise Http404(name)
    folder = Path(settings.BASE_DIR) / "docs"
    translated = folder / f"{name}.{get_language()}.md"
    file = translated if translated.exists() else folder / f"{name}.md"
    title, body = _page(file, file.stat().st_mtime_ns)
    language = get_language() if file == translated else "en"
    return render(request, "document.html", {"title": title, "body": body, "language": language})


@lru_cache(maxsize=32)
def _page(file: Path, _changed: int) -> tuple[str, SafeString]:
    """Returns a document's title and its HTML."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(file.read_text(encoding="utf-8"))
    title = ""
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            title = title or content.content
            token.attrSet("id", anchor(content.content))
        token.attrs.pop("style", None)  # the content security policy allows no inline styles
        for child in token.children or ():
            _lead(child)
            child.content = _BEFORE_PERCENT.sub("\N{NO-BREAK SPACE}", child.content)
    html = str(markdown.renderer.render(tokens, markdown.options, {}))
    for plain, accessible in READABLE.items():
        html = html.replace(plain, accessible)
    return title, mark_safe(html)  # noqa: S308  (our own documents)


def anchor(heading: str) -> str:
    """Returns GitHub's name for a heading, so that links work there and here."""
    words = re.sub(r"[^\w\- ]", "", heading.lower())
    return words.replace(" ", "-")


def _lead(token: Token) -> None:
    """Rewrites a link to another document: to its page here, or to nothing if it has none."""
    if token.type != "link_open":
        return
    found = _LINK.fullmatch(str(token.attrGet("href")))
    if found and (found[1] in SHOWN or found[1] == "problems"):
        token.attrSet("href", f"/docs/{found[1]}{found[3] or ''}")
    elif not re.match(r"https?://|/|#", str(token.attrGet("href"))):
        token.attrs.pop("href")
