"""The forms of API keys."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.api_keys import NAME_LENGTH_MAX, key_terms
from accounts.domain.access.key_limits import LIMITS, KeyLimits
from accounts.domain.access.scopes import Scope, SecondFactorNotSet, SecondFactorRequired, SecondFactorWrong
from accounts.domain.errors import InvalidInput, Refusal
from accounts.models import User
from accounts.selectors.access.guards import has_second_factor

SCOPES = [
    (Scope.READ, _("Read: wallets, trades, streams")),
    (Scope.TRADE, _("Trade: place orders")),
    (Scope.WITHDRAW, _("Withdraw: ask for payouts")),
]
LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("1 year")), ("", _("Never"))]
MODES = [("bearer", _("Sends its secret with each request")), ("hmac", _("Signs each request (HMAC): safer"))]
MESSAGES = {
    "name": _("1 to 60 characters, please."),
    "scopes": _("Choose permissions for the key."),
    "password": _("The password is wrong."),
    **dict.fromkeys(LIMITS, _("A number above 0, please, and only for a key that trades.")),
    "networks": _("These are no addresses or networks: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32. At most 20."),
}


class CodeForm(forms.Form):
    """Asks for a code only if the user has a second factor."""

    has_factor: bool

    code = forms.CharField(
        label=_("Code of your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.has_factor = has_second_factor(user)
        self.fields.pop("password" if self.has_factor else "code", None)

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal at its field."""
        if isinstance(refusal, InvalidInput) and "password" in self.fields:
            self.add_error("password", MESSAGES["password"])
            return
        about_code = isinstance(refusal, SecondFactorRequired | SecondFactorWrong) and "code" in self.fields
        self.add_error("code" if about_code else None, gettext(refusal.title))


AMOUNT = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class KeyForm(CodeForm):
    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH_MAX, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=SCOPES,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": MESSAGES["scopes"]},
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("Addresses or networks, one a line. Empty: from everywhere."),
    )
    stake_max = forms.DecimalField(label=_("Largest stake"), required=False, widget=AMOUNT)
    stake_a_day = forms.DecimalField(
        label=_("Stakes a day"), required=False, widget=AMOUNT, help_text=_("In each wallet, until midnight UTC.")
    )
    open_trades_max = forms.IntegerField(label=_("Trades at a time"), required=False, widget=AMOUNT)
    life = forms.ChoiceField(label=_("Expires after"), choices=LIVES, initial="90", required=False)
    mode = forms.ChoiceField(label=_("Authentication"), choices=MODES, initial="bearer", widget=forms.RadioSelect)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    field_order = ("name", "scopes", "mode", *LIMITS, "networks", "life", "code", "password")

    def __init__(self, user: User, data: Any = None, *, now: datetime) -> None:
        super().__init__(user, data)
        self.now = now

    def clean(self) -> None:
        """Reports all faults at once: the domain checks the values that the fields accept."""
        super().clean()
        given, life = self.cleaned_data, self.cleaned_data.get("life")
        try:
            self.terms = key_terms(
                name=given.get("name", "any"),
                scopes=given.get("scopes", [Scope.READ]),
                networks=given.get("networks", "").split(),
                expires_at=self.now + timedelta(days=int(life)) if life else None,
                signs=given.get("mode") == "hmac",
                now=self.now,
                limits=KeyLimits(*(given.get(name) for name in LIMITS)),
            )
        except InvalidInput as refusal:
            for fault in refusal.fields:
                self.add_error(fault.field, MESSAGES[fault.field])
        if Scope.WITHDRAW in given.get("scopes", []) and not self.has_factor:
            self.add_error("scopes", gettext(SecondFactorNotSet.title))
