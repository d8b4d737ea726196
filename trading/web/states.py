"""The states that a trader must know of, in their one look. The page's script shows the weightiest one that holds."""

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class State:
    """A state's name for scripts, its tone, its words, and the way out of it."""

    name: str
    tone: str
    """`care`: something can't be done; `wait`: it comes by itself; `news`: it is over in seconds."""

    title: Text
    text: Text
    more: str = ""
    """What the script adds: `until`, an instant, or `because`, the staff's reason."""

    way: Text = ""
    route: str = ""
    """The page that its way out leads to; empty for this page again."""

    @property
    def address(self) -> str:
        return reverse(self.route) if self.route else ""


STATES = [
    State("old", "care", _("This browser is too old for trading"), _("Update it, or use another one.")),
    State(
        "signed-out", "care", _("You are signed out"), _("Your open trades settle without you."), way=_("Sign in again")
    ),
    State(
        "account-frozen", "care", _("Your account is frozen"), _("Open trades settle. Withdrawals stay as they are."),
        way=_("What this means"), route="account_inactive",
    ),
    State(
        "self-excluded", "care", _("You have excluded yourself from trading"), _("Until:"), more="until",
        way=_("Your limits"), route="limits",
    ),
    State("timed-out", "care", _("You have taken a time-out"), _("Until:"), more="until", way=_("Your limits"),
          route="limits"),
    State(
        "session-limit-reached", "care", _("Your session has reached your own limit"), _("Sign in again to trade."),
        way=_("Your limits"), route="limits",
    ),
    State(
        "second-factor-required", "care", _("A second factor is needed"), _("Set it up, then go on here."),
        way=_("Security"), route="security",
    ),
    State("disconnected", "care", _("The connection is lost"), _("Reconnecting. Open trades settle without it.")),
    State(
        "asking", "care", _("No live connection"),
        _("The page asks for the news each second instead, until there is one again."),
    ),
    State("stale", "care", _("The price is late"), _("No trades are taken until it is fresh again.")),
    State(
        "paused", "care", _("Paused"), _("No new trades and no early closing. Open trades settle."), more="because"
    ),
    State(
        "close_only", "care", _("No new trades at the moment"), _("Open trades can be closed early."), more="because"
    ),
    State("retired", "care", _("This instrument is no longer offered"), _("Open trades settle."), more="because"),
    State(
        "simulated", "care", _("Real money is only traded on live prices"),
        _("These prices are simulated. Switch to the demo wallet."),
    ),
    State("loading", "wait", _("Connecting…"), _("The first price comes within seconds.")),
    State("resynced", "news", _("Connected again"), _("What was missed has been read anew.")),
]  # fmt: skip
"""The weightiest first."""

_LOST, *_OTHERS = (state for state in STATES if state.name in ("disconnected", "stale", "loading", "resynced"))
STATES_OF_PRACTICE = [replace(_LOST, text=_("Reconnecting. A practice trade ends when the prices are back.")), *_OTHERS]
"""Those of a practice trade, which needs the connection to end."""
