"""Parses JSON bodies strictly: numbers as Decimal, one size limit, one kind of error."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework.parsers import JSONParser

from accounts.domain.errors import InvalidInput, duplicate_field


class StrictJSONParser(JSONParser):
    """JSON objects only. Fractions stay exact (`Decimal`); NaN and Infinity, which JSON doesn't have, are refused.

    Repeated fields are refused too: a proxy on the way may read the first one, we the last.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        body: bytes = (parser_context or {})["request"]._request.body  # raises RequestDataTooBig, shown as a problem
        try:
            content = json.loads(
                body.decode(), parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_once
            )
        except (ValueError, RecursionError) as error:
            raise InvalidInput("The body is not valid JSON") from error
        if not isinstance(content, dict):
            raise InvalidInput("The body must be a JSON object")
        return content


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise InvalidInput(fields=(duplicate_field(name),))
        members[name] = value
    return members
