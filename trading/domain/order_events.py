"""The latest thing that has happened to an order, as its sender hears of it."""

from enum import StrEnum


class OrderEvent(StrEnum):
    """`refused` is of a rule: nothing was stored. `closed` is a sale before the end."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    OPENED = "opened"
    CLOSE_ASKED = "close-asked"
    CLOSE_LAPSED = "close-lapsed"
    CLOSED = "closed"
    SETTLED = "settled"
