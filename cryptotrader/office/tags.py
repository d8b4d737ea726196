"""`{% load office %}`: values in the templates of the back office, as its lists show them."""

from django.template import Library

from accounts.admin import columns

register = Library()
register.filter("instant", columns.instant)
register.filter("money", columns.money)
register.filter("gain", columns.gain)
register.filter("signed", columns.signed)
register.filter("number", columns.number)
register.filter("percent", columns.percent)
register.filter("short_id", columns.short_id)
register.filter("book", columns.book)
register.filter("arrow", columns.arrow)
