"""No form uses the browser's validation: its bubbles speak the browser's language, and show one fault at a time.

The test opens every page as every person who may see it. For a new page whose address takes arguments, add them to
`arguments` or `QUERIES`.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import UUID

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.admin.approvals import ask_address
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.models import ApprovalRequest
from accounts.tests.cast import PASSWORD
from accounts.tests.codes import App
from accounts.tests.keys import made_key
from accounts.tests.staff import staff_member
from accounts.tests.till import customer, open_terms
from accounts.web.access.known_devices import link_key
from cryptotrader.tests.support.passkeys import stored_passkey
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = {"trading.web.urls", "accounts.web.urls", "accounts.web.access.urls"}
QUERIES = {"time_out": "?hours=24", "self_exclusion": "?months=6"}
MET = {
    "account_login", "account_signup", "account_reset_password", "account_reset_password_from_key",
    "account_change_password", "account_reauthenticate", "resend_verification", "mfa_authenticate",
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_edit_webauthn", "api_keys", "revoke_api_key",
    "statement", "deposits", "deposit", "withdrawals", "add_beneficiary", "settings", "close_account", "home", "limits",
    "time_out", "self_exclusion", "ask", "decide", "credit",
}  # fmt: skip
"""Pages on which the test must find a form with something to fill in."""


@dataclass
class Forms(HTMLParser):
    """Collects a page's forms with something to fill in, and whether each turns the browser's validation off."""

    open: list[bool] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.open = [("novalidate" in given)]
        typed = tag in ("select", "textarea") or (tag == "input" and given.get("type") not in ("hidden", "submit"))
        if typed and self.open:
            self.found.append(self.open.pop())

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = []


@pytest.fixture
def readers(alice: Trader, bob: Trader) -> list[Client]:
    """A visitor; bob, who is new; alice with all data and a fresh confirmation; alice between password and code."""
    open_terms()
    App(alice.user)
    stored_passkey(alice.user)
    new, old, halfway = Client(), Client(), Client()
    for client, who in ((new, bob), (old, alice)):
        client.force_login(who.user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session.save()
    halfway.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    return [Client(), new, old, halfway]


@pytest.fixture
def arguments(stage: Stage, alice: Trader, readers: list[Client]) -> dict[str, list[object]]:
    saver, trade = customer(alice), alice.place()
    token = [user_pk_to_url_str(alice.user), default_token_generator.make_token(alice.user)]
    passkey = Authenticator.objects.get(type="webauthn").pk
    return {
        "trade": [SYMBOL],
        "result": [trade.pk],
        "proof": [trade.pk],
        "document": ["rules"],
        "revoke_api_key": [made_key(alice).key.pk],
        "deposit": [saver.stored_deposit().pk],
        "know_device": [link_key(alice.user.pk)],
        "account_confirm_email": [EmailConfirmationHMAC(EmailAddress.objects.get(user=alice.user)).key],
        "account_reset_password_from_key": list(token),
        "mfa_edit_webauthn": [passkey],
        "mfa_remove_webauthn": [passkey],
    }


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each) if getattr(each.urlconf_name, "__name__", "") in ROOMS else ()
        elif each.name:  # unnamed routes of the root are doors for programs
            yield each


def addresses(arguments: dict[str, list[object]], somebody: Client) -> Iterator[tuple[str, str]]:
    for pattern in patterns(get_resolver()):
        name = str(pattern.name)
        if name in arguments or not pattern.pattern.regex.groups:
            yield name, reverse(name, args=arguments.get(name)) + QUERIES.get(name, "")
        else:
            something: object = UUID(int=1) if "<uuid:" in str(pattern.pattern) else 1
            shows_nothing = somebody.get(reverse(name, args=[something])).status_code == 405
            assert shows_nothing, f"{name} is a page: give it arguments"


def forms(client: Client, address: str) -> list[bool]:
    answer = client.get(address, follow=True)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    page = Forms()
    page.feed(answer.content.decode())
    return page.found


def faulty(pages: Iterable[tuple[str, list[bool]]], met: set[str]) -> list[str]:
    found = [(name, forms) for name, forms in pages if forms]
    met |= {name for name, _forms in found}
    return sorted({name for name, forms in found if not all(forms)})


def test_no_form_leaves_it_to_the_browser_to_find_faults(
    stage: Stage, alice: Trader, readers: list[Client], arguments: dict[str, list[object]]
) -> None:
    office, boss = Client(), Client()
    office.force_login(staff_member("fay", Role.FINANCE))
    boss.force_login(staff_member("rick", Role.RISK))
    ask = ask_address("adjust_balance", Subject.of("wallet", alice.wallet.id))
    office.post(ask, {"amount": "-1", "reason": "counted twice"})
    back_office = {
        "ask": forms(office, ask),
        "decide": forms(boss, f"/admin/accounts/approvalrequest/{ApprovalRequest.objects.get().pk}/change/"),
        "credit": forms(office, f"/admin/accounts/deposit/{arguments['deposit'][0]}/change/"),
    }
    met: set[str] = set()
    ours = [(name, forms(client, address)) for name, address in addresses(arguments, readers[1]) for client in readers]
    assert faulty([*ours, *back_office.items()], met) == []
    assert met >= MET, MET - met
