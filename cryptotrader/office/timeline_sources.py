"""The sources of a person's timeline: how each is read, by which permission, and how its rows are worded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.domain.errors import mark
from accounts.selectors.approvals.work import requests_on
from accounts.selectors.people import dossier
from accounts.selectors.people.notes import notes_on
from cryptotrader.office import timeline_words as words
from cryptotrader.office.requests import requests_about_person
from cryptotrader.office.timeline_words import About, Told
from trading.selectors.office.trader_trades import trades_of_trader

KINDS: Mapping[str, str] = {
    "trades": mark("Trading"),
    "money": mark("Money"),
    "logins": mark("Logins"),
    "access": mark("Access"),
    "limits": mark("Limits"),
    "notes": mark("Notes"),
    "staff": mark("Staff"),
    "account": mark("Account"),
}
"""From which a reader chooses; the titles are marked for translation."""

Rows = Callable[[About, Any, int], Sequence[Any]]
"""(about, the row with which the slice begins, the number of rows) -> the slice, newest first."""


@dataclass(frozen=True, slots=True)
class Source:
    """`time` is the field with a row's time. Rows with `long_ids` have UUIDs, others numbers."""

    kind: str
    permission: str
    rows: Rows
    time: str
    tell: Callable[[Sequence[Any], About], Iterable[Told]]
    long_ids: bool = False

    def at(self, row: Any) -> datetime:
        at: datetime = getattr(row, self.time)
        return at


def _of(read: Callable[..., Sequence[Any]]) -> Rows:
    return lambda about, upto, limit: read(about.user.pk, upto=upto, limit=limit)


def _changes(*tables: str) -> Rows:
    return lambda about, upto, limit: dossier.changes_about(about.user.pk, tables, upto=upto, limit=limit)


def _about_wallets(about: About, upto: Any, limit: int) -> Sequence[Any]:
    rows = requests_on([f"wallet:{each.id}" for each in about.wallets])
    return dossier.newest_requests(rows, upto=upto, limit=limit)


def _about_person(about: About, upto: Any, limit: int) -> Sequence[Any]:
    return dossier.newest_requests(requests_about_person(about.user.pk), upto=upto, limit=limit)


LOGIN, REQUEST, AUDIT = "accounts.view_login", "accounts.view_approvalrequest", "accounts.view_auditevent"
LIMIT, EXCLUSION = "accounts.view_tradinglimit", "accounts.view_exclusion"

SOURCES: Mapping[str, Source] = {
    "trade": Source("trades", "trading.view_flashtrade", _of(trades_of_trader), "accepted_at", words.trades, True),
    "deposit": Source("money", "accounts.view_deposit", _of(dossier.deposits_of), "requested_at", words.deposits, True),
    "withdrawal": Source(
        "money", "accounts.view_withdrawal", _of(dossier.withdrawals_of), "requested_at", words.withdrawals, True
    ),
    "beneficiary": Source(
        "money", "accounts.view_beneficiary", _of(dossier.beneficiaries_of), "created_at", words.beneficiaries, True
    ),
    "wallet": Source("money", REQUEST, _about_wallets, "requested_at", words.requests, True),
    "login": Source("logins", LOGIN, _of(dossier.attempts_of), "at", words.logins),
    "key": Source("access", LOGIN, _changes("api_keys"), "at", words.keys),
    "factor": Source("access", LOGIN, _of(dossier.factors_about), "at", words.factors),
    "email": Source("access", LOGIN, _changes("account_emailaddress"), "at", words.changes),
    "limit": Source("limits", LIMIT, _changes("trading_limits"), "at", words.limits),
    "exclusion": Source("limits", EXCLUSION, _of(dossier.exclusions_of), "starts_at", words.exclusions),
    "note": Source("notes", "accounts.view_personnote", _of(notes_on), "written_at", words.notes),
    "request": Source("staff", REQUEST, _about_person, "requested_at", words.requests, True),
    "account": Source(
        "account", AUDIT, _changes("users", "users_groups", "users_user_permissions"), "at", words.changes
    ),
}
"""By the name in a position. A change of a wallet that staff ask for is money; one of the person, or of a trade,
payment or limit of theirs, is staff's work.
"""
