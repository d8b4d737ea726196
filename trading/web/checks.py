"""The words of the check in the browser: its steps, and what a disagreement means. `proof/check.js` fills them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of the check by its name in `proof/checks.js`; the script fills the places of `told`."""

    name: str
    title: str | Promise
    told: str | Promise


STEPS = [
    StepShown("signature", _("Signature"), _("The platform's key {key} signed it; the readable part is the same.")),
    StepShown("receipts", _("Receipts"), _("Signed receipts that say the same as this trade: {receipts}.")),
    StepShown("prices", _("Prices"), _("Prices computed again: {prices}, from quotes of venues: {quotes}.")),
    StepShown("chain", _("Chain"), _("Each price has the hash of the one before it. Hashes: {prices}.")),
    StepShown("windows", _("Seconds"), _("Every second is there that the rules look at. Spans: {windows}.")),
    StepShown("conversions", _("Currencies"), _("Quotes converted at the newest price of their currency: {quotes}.")),
    StepShown("days", _("Published days"), _("The prices are in the published daily digests. Days: {days}.")),
    StepShown("terms", _("Terms"), _("Both seconds and the payout of {payout} {currency} follow from the rules.")),
    StepShown("closes", _("Early close"), _("Close orders that ended as the prices and the rules say: {orders}.")),
    StepShown("outcome", _("Result"), _("From {entry} to {exit}: the rules give this result, and {profit}.")),
]  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}

OF_TRADE = STEPS
OF_PRACTICE = [BY_NAME[name] for name in ("prices", "chain", "windows", "conversions", "days", "terms", "outcome")]
OF_SECOND = [BY_NAME[name] for name in ("prices", "chain", "conversions", "days")]
OF_CHAIN = [
    StepShown("receipts", _("Signatures"), _("The platform signed all receipts: {receipts}.")),
    StepShown("links", _("Chain"), _("From {first} to {last} each has the hash of the one before it.")),
    StepShown("kept", _("Your file"), _("All receipts of your file are in the chain, unchanged: {receipts}.")),
]
"""Of a wallet's receipts (`proof/receipts/chain.js`)."""

MEANINGS = [
    ("signature", _("No key of the platform signed this, or the readable part differs from the signed one.")),
    ("price", _("A price doesn't follow from the quotes of its venues.")),
    ("digest", _("A price or a quote was changed: its hash doesn't fit.")),
    ("chain", _("A price doesn't follow the one before it.")),
    ("window", _("Prices that the rules use are missing.")),
    ("conversion", _("A quote was converted by another price than the newest.")),
    ("day", _("A price isn't in the published digest of its day.")),
    ("terms", _("Entry second, expiry second or payout are not those of the rules.")),
    ("rule-version", _("These rules are unknown, or weren't in force.")),
    ("outcome", _("The result doesn't follow from the rules and the prices.")),
    ("receipt", _("A receipt says something else than the trade, or isn't signed by the platform.")),
    ("receipt-chain", _("The receipts are not in the order of what they accept.")),
    ("correction", _("A later void gives back another amount than the trade moved.")),
]
"""What each fault code means, as in docs/verification.md."""

MEANINGS_OF_CHAIN = [
    ("receipt", _("This is no receipt that the platform signed, or its page says something else.")),
    ("receipt-chain", _("A receipt was changed, added or dropped, or is of another wallet.")),
]
