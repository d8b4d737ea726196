"""`{% table %}`: a list of things as a table that becomes cards on a phone. A template writes each column once:

    {% table devices as device caption=_("Devices") id=device.id %}
      {% column _("Address") class="address" %}{{ device.address }}{% endcolumn %}
      {% column _("Sign out") class="end" heading="hidden" %}<form>…</form>{% endcolumn %}
    {% endtable %}

`caption` names the table to screen readers. `class` goes to the table, or to each cell of a column. `id` is read once
a row. The page loads `css/tables.css`; the markup is `templates/partials/table.html`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, TextNode, Token, token_kwargs
from django.template.defaulttags import CommentNode
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

TEMPLATE = "partials/table.html"
TABLE_OPTIONS = {"caption", "class", "id"}
COLUMN_OPTIONS = {"class", "heading"}

Options = Mapping[str, FilterExpression]

register = Library()


class Heading(StrEnum):
    """Where the heading of a column is seen."""

    ALWAYS = "always"
    WIDE = "wide"
    """In the table; on a card the cell says it."""
    HIDDEN = "hidden"
    """By screen readers."""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    css_class: str
    heading: Heading

    @property
    def is_hidden(self) -> bool:
        return self.heading is Heading.HIDDEN

    @property
    def is_number(self) -> bool:
        """Whether a browser's translation must leave its cells alone."""
        return "number" in self.css_class.split()

    @property
    def card_label(self) -> str:
        """The text beside the cell on a card, or nothing."""
        return self.title if self.heading is Heading.ALWAYS else ""


@dataclass(frozen=True, slots=True)
class Row:
    id: object
    cells: Sequence[tuple[Column, SafeString]]


class ColumnNode(Node):
    def __init__(self, title: FilterExpression, options: Options, cell: NodeList) -> None:
        self.title, self.options, self.cell = title, options, cell

    def column(self, context: Context) -> Column:
        given = _resolved(self.options, context)
        return Column(
            title=str(self.title.resolve(context)),
            css_class=given.get("class", ""),
            heading=Heading(given.get("heading", Heading.ALWAYS)),
        )


class TableNode(Node):
    def __init__(self, items: FilterExpression, name: str, options: Options, columns: Sequence[ColumnNode]) -> None:
        self.items, self.name, self.columns = items, name, columns
        self.id = options.get("id")
        self.options = {option: value for option, value in options.items() if option != "id"}

    def render(self, context: Context) -> SafeString:
        columns = [node.column(context) for node in self.columns]
        rows = [self._row(item, columns, context) for item in self.items.resolve(context)]
        given = _resolved(self.options, context)
        shown = {"caption": given["caption"], "class": given.get("class", ""), "columns": columns, "rows": rows}
        return render_to_string(TEMPLATE, shown)

    def _row(self, item: object, columns: Sequence[Column], context: Context) -> Row:
        with context.push(**{self.name: item}):
            id = self.id.resolve(context) if self.id else None
            cells = [node.cell.render(context) for node in self.columns]
        return Row(id, list(zip(columns, cells, strict=True)))


@register.tag("column")
def parse_column(parser: Parser, token: Token) -> ColumnNode:
    """Raises TemplateSyntaxError for a column without a heading, or with an option that there isn't."""
    name, *words = token.split_contents()
    if not words:
        raise TemplateSyntaxError(f"{name} takes a heading")
    options = _options(name, words[1:], COLUMN_OPTIONS, parser)
    cell = parser.parse(("endcolumn",))
    parser.delete_first_token()
    return ColumnNode(parser.compile_filter(words[0]), options, cell)


@register.tag("table")
def parse_table(parser: Parser, token: Token) -> TableNode:
    """Raises TemplateSyntaxError without a caption, and for anything but columns inside."""
    name, *words = token.split_contents()
    match words:
        case [items, "as", item, *rest]:
            options = _options(name, rest, TABLE_OPTIONS, parser)
        case _:
            raise TemplateSyntaxError(f"{name} takes a list, 'as' and a name")
    if "caption" not in options:
        raise TemplateSyntaxError(f"{name} takes a caption: without it a screen reader can't tell tables apart")
    columns = _columns(name, parser.parse(("endtable",)))
    parser.delete_first_token()
    return TableNode(parser.compile_filter(items), item, options, columns)


def _columns(name: str, inside: NodeList) -> list[ColumnNode]:
    columns = [node for node in inside if isinstance(node, ColumnNode)]
    for node in inside:
        is_blank = isinstance(node, CommentNode) or (isinstance(node, TextNode) and not node.s.strip())
        if not is_blank and not isinstance(node, ColumnNode):
            raise TemplateSyntaxError(f"{name} holds nothing but columns")
    return columns


def _options(name: str, words: list[str], known: set[str], parser: Parser) -> Options:
    options = token_kwargs(words, parser)
    if words or not options.keys() <= known:
        raise TemplateSyntaxError(f"{name} knows {', '.join(sorted(known))}, not {[*words, *options.keys() - known]}")
    return options


def _resolved(options: Options, context: Context) -> dict[str, Any]:
    return {name: value.resolve(context) for name, value in options.items()}
