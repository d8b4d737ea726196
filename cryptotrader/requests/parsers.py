"""Parses JSON bodies strictly: numbers as Decimal, one size limit, one kind of error."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import JSONParser

from accounts.domain.errors import InvalidInput, duplicate_field
from accounts.domain.json_text import NotJson, RepeatedMember, read_json


class StrictJSONParser(JSONParser):
    """JSON objects only. Fractions stay exact (`Decimal`); NaN and Infinity, which JSON doesn't have, are refused.

    Repeated fields are refused too: a proxy on the way may read the first one, we the last.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        body: bytes = (parser_context or {})["request"]._request.body  # raises RequestDataTooBig, shown as a problem
        try:
            content = read_json(body)
        except RepeatedMember as error:
            raise InvalidInput(fields=(duplicate_field(error.name),)) from error
        except NotJson as error:
            raise InvalidInput("The body is not valid JSON") from error
        if not isinstance(content, dict):
            raise InvalidInput("The body must be a JSON object")
        return content
