"""Rules that hold on every page: see `support/page_rules.py`.

The test opens every page as every person who may see it. For a new page whose address takes arguments, add them to
`arguments` or `QUERIES`.
"""

import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.admin.approvals import ask_address
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.models import ApprovalRequest, User
from accounts.tests.cast import PASSWORD
from accounts.tests.codes import App
from accounts.tests.keys import made_key
from accounts.tests.staff import staff_member
from accounts.tests.till import customer, open_terms
from accounts.web.access.known_devices import link_key
from cryptotrader.tests.support.doors import webhook
from cryptotrader.tests.support.page_rules import Page
from cryptotrader.tests.support.passkeys import stored_passkey
from trading.models import Instrument
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = {"trading.web.urls", "accounts.web.urls", "accounts.web.access.urls"}
QUERIES = {"time_out": "?hours=24", "self_exclusion": "?months=6"}
MET = {
    "account_login", "account_signup", "account_reset_password", "account_reset_password_from_key",
    "account_change_password", "account_reauthenticate", "resend_verification", "mfa_authenticate",
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_edit_webauthn", "api_keys", "revoke_api_key",
    "statement", "deposits", "deposit", "withdrawals", "add_beneficiary", "settings", "close_account", "home", "limits",
    "time_out", "self_exclusion", "ask", "decide", "credit", "payout", "instrument", "change_terms", "change_staff",
}  # fmt: skip
"""Pages on which the test must find a form with something to fill in."""


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
    saver, trade, key = customer(alice), alice.place(), made_key(alice).key.pk
    token = [user_pk_to_url_str(alice.user), default_token_generator.make_token(alice.user)]
    passkey = Authenticator.objects.get(type="webauthn").pk
    return {
        "trade": [SYMBOL],
        "seconds": [SYMBOL],
        "second": [SYMBOL, "2026-03-01T12:00:00Z"],
        "page_state": [SYMBOL],
        "result": [trade.pk],
        "proof": [trade.pk],
        "receipts": [trade.pk],
        "document": ["rules"],
        "offline": ["en"],
        "revoke_api_key": [key],
        "allow_trading_of_key": [key],
        "webhook": [webhook(alice)],
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
            something: object = UUID(int=1) if "<uid:" in str(pattern.pattern) else 1
            shows_nothing = somebody.get(reverse(name, args=[something])).status_code == 405
            assert shows_nothing, f"{name} is a page: give it arguments"


def read(client: Client, address: str) -> Page | None:
    answer = client.get(address, follow=True)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return None
    return Page.of(answer.content.decode())


def back_office(wallet_id: int, deposit_id: object) -> Iterator[tuple[str, Page | None]]:
    """Staff's own pages: those with forms of ours, and each list."""
    finance, risk, root = Client(), Client(), Client()
    finance.force_login(staff_member("fay", Role.FINANCE))
    risk.force_login(staff_member("rick", Role.RISK))
    root.force_login(User.objects.create_superuser("root@example.com", PASSWORD))
    ask = ask_address("adjust_balance", Subject.of("wallet", wallet_id))
    finance.post(ask, {"amount": "-1", "reason": "counted twice"})
    yield "ask", read(finance, ask)
    yield "decide", read(risk, f"/admin/accounts/approvalrequest/{ApprovalRequest.objects.get().pk}/change/")
    yield "credit", read(finance, f"/admin/accounts/deposit/{deposit_id}/change/")
    yield "payout", read(root, f"/admin/trading/payoutversion/add/?instrument={SYMBOL}")
    yield "exposure", read(risk, reverse("admin:trading_exposure"))
    yield "instrument", read(root, f"/admin/trading/instrument/{Instrument.objects.get(symbol=SYMBOL).pk}/change/")
    fay = User.objects.get(email="fay@example.com")
    yield "change_terms", read(root, ask_address("change_terms", Subject.of("cashier_terms", "USDT")))
    yield "change_staff", read(root, ask_address("change_staff", Subject.of("user", fay.pk)))
    yield "new instrument", read(root, reverse("admin:trading_instrument_add"))
    for model in admin.site._registry:
        yield model.__name__, read(root, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))


@pytest.mark.long
def test_every_page_keeps_the_rules(
    stage: Stage, alice: Trader, readers: list[Client], arguments: dict[str, list[object]]
) -> None:
    ours = ((name, read(client, at)) for name, at in addresses(arguments, readers[1]) for client in readers)
    theirs = back_office(alice.wallet.id, arguments["deposit"][0])
    seen = [(name, page) for name, page in (*ours, *theirs) if page is not None]

    assert sorted({f"{name}: {fault}" for name, page in seen for fault in page.faults}) == []
    met = {name for name, page in seen if page.has_fields}
    assert met >= MET, MET - met
