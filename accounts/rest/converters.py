"""URL converters. Importing this module lets routes use `<id:…>` and `<uid:…>`; a test finds Django's own ones."""

from uuid import UUID

from django.urls import register_converter
from django.urls.converters import IntConverter

from accounts.domain.notation import ID, parse_id


class IdConverter(IntConverter):
    """A row's number in its only spelling. Eighteen digits fit PostgreSQL's bigint."""

    regex = "0|[1-9][0-9]{0,17}"


class UidConverter:
    """An id in small or capital letters (RFC 9562 asks readers to take both); Django's own takes small ones only."""

    regex = ID

    def to_python(self, value: str) -> UUID:
        found = parse_id(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: UUID | str) -> str:
        return str(value)


register_converter(IdConverter, "id")
register_converter(UidConverter, "uid")
