"""URL converters. Importing this module lets routes use `<id:…>`."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A row's id: eighteen digits fit PostgreSQL's bigint."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")
