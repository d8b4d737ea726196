"""`{% table %}`: a table is a list of columns, each written once."""

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

FRUIT = [{"name": "apple", "price": "1.50", "id": 7}, {"name": "<b>fig</b>", "price": "", "id": 8}]
COLUMNS = """
    {% column _("Amount") class="number" %}{{ fruit.price|default:"–" }}{% endcolumn %}
    {% comment %}not shown{% endcomment %}
    {% column _("Sign out") class="end" heading="hidden" %}<button>{{ fruit.name }}{{ outer }}</button>{% endcolumn %}
    {% column _("Limit") heading="wide" %}<label>{{ fruit.id }}</label>{% endcolumn %}
"""


def shown(columns: str = COLUMNS, options: str = 'caption=_("Devices") id=fruit.id', **given: object) -> str:
    source = "{% load tables %}{% table fruits as fruit " + options + " %}" + columns + "{% endtable %}{{ fruit }}"
    return Template(source).render(Context({"fruits": FRUIT, "outer": "!"} | given))


def test_each_column_has_its_heading_and_a_cell_in_each_row() -> None:
    html = shown()
    assert html.count('<th scope="col" role="columnheader"') == 3
    assert html.count('<td role="cell"') == 6
    assert html.count('<td role="cell" data-label="Amount" class="number" translate="no">') == 2
    assert re.findall(r'data-row="(\d)"', html) == ["7", "8"]
    assert "1.50" in html
    assert "–" in html


def test_a_heading_shows_where_it_helps() -> None:
    html = shown()
    assert '<th scope="col" role="columnheader" class="end"><span class="visually-hidden">Sign out</span></th>' in html
    assert '<td role="cell" class="end">' in html
    assert '<th scope="col" role="columnheader">Limit</th>' in html
    assert '<td role="cell"><label>' in html


def test_a_table_has_a_name_in_the_readers_language() -> None:
    assert '<caption class="visually-hidden">Devices</caption>' in shown()
    with override("ko"):
        assert "기기</caption>" in shown()


def test_values_are_escaped_and_the_page_around_is_seen() -> None:
    assert "<button>&lt;b&gt;fig&lt;/b&gt;!</button>" in shown()
    assert 'data-label="a &quot;b&quot;"' in shown("{% column title %}{% endcolumn %}", title='a "b"')


def test_the_row_is_known_inside_only() -> None:
    assert shown().endswith("</table>\n")
    assert shown(fruit="outside").endswith("</table>\noutside")


def test_a_table_of_nothing_has_a_head_and_no_rows() -> None:
    html = shown(fruits=[])
    assert html.count("<th ") == 3
    assert "<td" not in html


def test_a_form_inside_has_the_token_that_it_needs() -> None:
    html = shown("{% column 'h' %}<form>{% csrf_token %}</form>{% endcolumn %}", csrf_token="the-token")
    assert html.count('value="the-token"') == 2


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{% table fruits caption='c' %}{% endtable %}", "takes a list, 'as' and a name"),
        ("{% table fruits as fruit %}{% endtable %}", "takes a caption"),
        ("{% table fruits as fruit caption='c' colour='red' %}{% endtable %}", "not ['colour']"),
        ("{% table fruits as fruit caption='c' red %}{% endtable %}", "not ['red']"),
        ("{% table fruits as fruit caption='c' %}text{% endtable %}", "nothing but columns"),
        ("{% table fruits as fruit caption='c' %}{% if 1 %}{% endif %}{% endtable %}", "nothing but columns"),
        ("{% table fruits as fruit caption='c' %}{% column %}{% endcolumn %}{% endtable %}", "takes a heading"),
        ("{% table fruits as fruit caption='c' %}{% column 'h' id=1 %}{% endcolumn %}{% endtable %}", "not ['id']"),
    ],
)
def test_a_template_that_makes_no_sense_is_refused(source: str, fault: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=re.escape(fault)):
        Template("{% load tables %}" + source)
