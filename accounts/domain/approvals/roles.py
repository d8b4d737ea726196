"""The tables of the back office that each role reads, and the work that it does alone.

A role gets these rights and those of the actions with four eyes that name it. `auditor` reads everything and does
nothing. Tables of other rooms stand here by name: one place tells what a role may do.
"""

from collections.abc import Iterable, Mapping

from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.staff_decisions import STAFF_DECISIONS

PEOPLE = ("accounts.user", "accounts.tradinglimit", "accounts.personnote", "accounts.exclusion", "accounts.login")
PAYMENTS = ("accounts.deposit", "accounts.withdrawal")
WALLETS = ("accounts.ledgeraccount", "accounts.transfer")
TRADES = ("trading.flashtrade", "trading.closeorder", "trading.tradecorrection", "trading.instrument")
PRICES = ("trading.indexprice", "trading.dailydigest", "trading.signingkey")
APPROVALS = ("accounts.approvalrequest", "accounts.approvaldecision")

READS: Mapping[Role, tuple[str, ...]] = {
    Role.SUPPORT: (*PEOPLE, *PAYMENTS, *WALLETS, *TRADES, *APPROVALS, "accounts.announcement"),
    Role.FINANCE: (
        *PEOPLE,
        *PAYMENTS,
        *WALLETS,
        *TRADES,
        *APPROVALS,
        "accounts.beneficiary",
        "accounts.cashierterms",
        "accounts.webhookdelivery",
    ),
    Role.RISK: (
        *PEOPLE,
        *PAYMENTS,
        *WALLETS,
        *TRADES,
        *PRICES,
        *APPROVALS,
        "accounts.announcement",
        "accounts.auditevent",
        "accounts.beneficiary",
        "accounts.cashierterms",
        "accounts.listexport",
        "auth.group",
        "trading.payoutversion",
    ),
    Role.OPERATOR: (
        *PRICES,
        "accounts.announcement",
        "monitoring.backuprun",
        "trading.instrument",
        "trading.payoutversion",
        "trading.pricepruning",
    ),
}
"""By role, the tables (`app.model`) that its members see; the auditor sees all."""

READ_BY_AUDITORS = ("accounts", "trading", "monitoring", "auth")
"""The apps whose tables an auditor sees."""

NOTES, EXPORTS, EXPOSURE = "accounts.add_personnote", "accounts.export_lists", "trading.view_exposure"
ANNOUNCEMENTS, STATUS = "accounts.add_announcement", "trading.set_status"
ALERTS = "accounts.add_alertanswer"

DOES: Mapping[Role, tuple[str, ...]] = {
    Role.SUPPORT: (NOTES, ANNOUNCEMENTS),
    Role.FINANCE: (
        NOTES,
        EXPORTS,
        EXPOSURE,
        *sorted({f"accounts.{decision.alone}" for decision in STAFF_DECISIONS if decision.alone}),
    ),
    Role.RISK: (
        NOTES,
        EXPORTS,
        EXPOSURE,
        STATUS,
        ALERTS,
        "trading.change_instrument",
        "trading.add_payoutversion",
    ),
    Role.OPERATOR: (ANNOUNCEMENTS, STATUS, ALERTS, EXPOSURE, "monitoring.make_backup"),
    Role.AUDITOR: (EXPORTS, EXPOSURE),
}
"""By role, the permissions of what its members do without another person."""


def only_reads(permissions: Iterable[str]) -> bool:
    """Whether these permissions show and export, and let do nothing: their holder has no work."""
    return all(each == EXPORTS or each.partition(".")[2].startswith("view_") for each in permissions)
