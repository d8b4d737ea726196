"""The words that shapes are written in: JSON Schema 2020-12, as OpenAPI 3.1 has it."""

from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]
DIGITS_18 = "(0|[1-9][0-9]{0,17})"


def text(*, about: str = "", pattern: str | None = None, least: int | None = None, most: int | None = None) -> Schema:
    """A string; `least` and `most` are numbers of characters."""
    bounds = {"pattern": pattern, "minLength": least, "maxLength": most, "description": about or None}
    return {"type": "string", **{name: value for name, value in bounds.items() if value is not None}}


def about(schema: Schema, words: str) -> Schema:
    """The same schema with a description. A reference keeps its own beside it."""
    return {**schema, "description": words}


def whole(*, least: int | None = None, most: int | None = None) -> Schema:
    """A whole number in an answer."""
    bounds = {"minimum": least, "maximum": most}
    return {"type": "integer", **{name: value for name, value in bounds.items() if value is not None}}


def any_whole(least: int, most: int) -> Schema:
    """A whole number in a request: a number or a string."""
    digits = len(str(most)) - 1
    return {"anyOf": [whole(least=least, most=most), text(pattern=f"^[1-9][0-9]{{0,{digits}}}$")]}


def choice(values: Iterable[object]) -> Schema:
    """One of these strings or numbers."""
    listed = [value if isinstance(value, int) else str(value) for value in values]
    return {"type": "integer" if isinstance(listed[0], int) else "string", "enum": listed}


def nullable(schema: Schema) -> Schema:
    """This, or null."""
    if isinstance(schema.get("type"), str):
        values = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return {**schema, "type": [schema["type"], "null"], **values}
    return {"oneOf": [schema, {"type": "null"}]}


def many(items: Schema, *, most: int | None = None, least: int | None = None) -> Schema:
    """A list."""
    bounds = {"maxItems": most, "minItems": least}
    return {"type": "array", "items": items, **{name: value for name, value in bounds.items() if value is not None}}


def record(**members: Schema) -> Schema:
    """An object of an answer: every member is there. A later version may add members."""
    return {"type": "object", "properties": members, "required": list(members)}


def with_members(one: Schema, **members: Schema) -> Schema:
    """The same object of an answer with these members, too, or in the place of those with their names."""
    return record(**{**one["properties"], **members})


def body(required: Iterable[str] = (), **members: Schema) -> Schema:
    """An object of a request: only these members, and `required` ones at least."""
    needed = list(required)
    return {
        "type": "object",
        "properties": members,
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def with_more(name: str, **members: Schema) -> Schema:
    """The object of this name, with more members."""
    return {"allOf": [named(name), record(**members)]}


def named(name: str) -> Schema:
    """The shape of this name among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def page(items: Schema, **members: Schema) -> Schema:
    """A list in pages. `next` is the whole address of the following page."""
    return record(**members, results=many(items), next=nullable({"type": "string", "format": "uri"}))


def whole_list(items: Schema) -> Schema:
    """A list that has one page."""
    return record(results=many(items), next={"type": "null"})


UID = {"type": "string", "format": "uuid"}
INSTANT = {"type": "string", "format": "date-time", "description": "ISO-8601 in UTC with a Z"}
DAY = {"type": "string", "format": "date"}
FLAG = {"type": "boolean"}
MONEY = text(pattern=r"^-?[0-9]+(\.[0-9]+)?$", about="an amount of money at the currency's scale")
PRICE = text(pattern=r"^[0-9]+(\.[0-9]+)?$", about="an index price with the decimal places of the pip")
RATE = text(pattern=r"^-?[0-9]+(\.[0-9]+)?$", about="0.85: a win gains 85 % of the stake")
SYMBOL = text(pattern="^[A-Z0-9]{1,12}-[A-Z0-9]{1,12}$", about="an instrument, such as BTC-USDT")
DIGEST = text(pattern="^[0-9a-f]{64}$", about="SHA-256 in hexadecimal digits")
CURRENCY = text(pattern="^[A-Z]{3,5}$")
ANY_TEXT = text(least=1, most=4096)
"""A string of a request: neither NUL nor lone surrogates, which JSON Schema can't say."""

AMOUNT: Schema = {
    "description": "an amount of money above 0, a number or a string, with at most 8 decimal places",
    "anyOf": [
        {"type": "number", "minimum": 1e-8, "exclusiveMaximum": 10**12},
        text(pattern=r"^([1-9][0-9]{0,17}(\.[0-9]{1,8})?|0\.0{0,7}[1-9][0-9]{0,7})$"),
    ],
}
