"""The back office's navigation by job. Each person sees the places that their roles open, and no others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from accounts.domain.errors import mark


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the navigation. `title` is marked for translation; an empty `permission` opens it to all staff."""

    title: str
    page: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of staff with its places."""

    title: str
    places: tuple[Place, ...]


def _list(title: str, app: str, model: str) -> Place:
    return Place(title, f"admin:{app}_{model}_changelist", f"{app}.view_{model}")


JOBS = (
    Job(mark("Today"), (Place(mark("Overview"), "admin:index"), Place(mark("Work"), "admin:work"))),
    Job(
        mark("People"),
        (
            _list(mark("All people"), "accounts", "user"),
            _list(mark("Own limits"), "accounts", "tradinglimit"),
            _list(mark("Notes"), "accounts", "personnote"),
        ),
    ),
    Job(
        mark("Money"),
        (
            _list(mark("Deposits"), "accounts", "deposit"),
            _list(mark("Withdrawals"), "accounts", "withdrawal"),
            _list(mark("Wallets and accounts"), "accounts", "ledgeraccount"),
            _list(mark("Transfers"), "accounts", "transfer"),
            _list(mark("Beneficiaries"), "accounts", "beneficiary"),
            _list(mark("Cashier's terms"), "accounts", "cashierterms"),
            _list(mark("Providers' messages"), "accounts", "webhookdelivery"),
        ),
    ),
    Job(
        mark("Market"),
        (
            _list(mark("Instruments"), "trading", "instrument"),
            Place(mark("Exposure"), "admin:trading_exposure", "trading.view_exposure"),
            _list(mark("All trades"), "trading", "flashtrade"),
            _list(mark("Early closes"), "trading", "closeorder"),
            _list(mark("Corrections"), "trading", "tradecorrection"),
            _list(mark("Payouts"), "trading", "payoutversion"),
            Place(mark("Price venues"), "admin:trading_venues", "trading.view_indexprice"),
            _list(mark("Index prices"), "trading", "indexprice"),
        ),
    ),
    Job(
        mark("Control"),
        (
            _list(mark("Approvals"), "accounts", "approvalrequest"),
            _list(mark("Audit"), "accounts", "auditevent"),
            _list(mark("Announcements"), "accounts", "announcement"),
            _list(mark("Exports"), "accounts", "listexport"),
            _list(mark("Roles"), "auth", "group"),
            _list(mark("Backups"), "monitoring", "backuprun"),
            _list(mark("Daily digests"), "trading", "dailydigest"),
            _list(mark("Signing keys"), "trading", "signingkey"),
            _list(mark("Prunings"), "trading", "pricepruning"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The jobs and places of this member of staff, with the present one marked."""
    shown: list[dict[str, Any]] = []
    here = _here(request.path)
    for job in JOBS:
        places = [
            {"title": gettext(place.title), "address": reverse(place.page), "is_here": place is here}
            for place in job.places
            if may_open(request, place)
        ]
        if places:
            shown.append({"title": gettext(job.title), "places": places})
    return shown


def may_open(request: HttpRequest, place: Place) -> bool:
    """Whether this member of staff has the place in their navigation."""
    return not place.permission or request.user.has_perm(place.permission)


def places() -> Iterator[Place]:
    """All places of all jobs."""
    for job in JOBS:
        yield from job.places


def _here(path: str) -> Place | None:
    """The place with the longest address at the beginning of this path."""
    home = reverse("admin:index")
    inside = [place for place in places() if path.startswith(reverse(place.page)) and reverse(place.page) != home]
    best = max(inside, key=lambda place: len(reverse(place.page)), default=None)
    return best or (next(places()) if path == home else None)


def title_of(page: str) -> str:
    """The navigation's name of this page, translated; empty for a page that isn't there."""
    return next((gettext(place.title) for place in places() if place.page == page), "")
