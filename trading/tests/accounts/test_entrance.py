import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors.ledger.wallets import wallets_of
from accounts.services.access.count_attempts import count_attempts, password_subjects
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.letters import Mails, link_in
from trading.tests.cast import Stage, Trader

pytestmark = pytest.mark.django_db

NEWCOMER = {"email": "carol@example.com", "password1": PASSWORD}


def without_tokens(html: str) -> str:
    """Returns a page without its tokens, which differ for each visitor."""
    return re.sub(r'(csrfmiddlewaretoken" value|data-csrf|nonce)="[^"]*"', "", html)


@pytest.mark.parametrize(("languages", "locale"), [("ko", "ko"), ("en", "en"), ("fr", "en")])
def test_signing_up_opens_a_demo_wallet_and_the_link_in_the_mail_signs_in(
    client: Client, stage: Stage, mails: Mails, languages: str, locale: str
) -> None:
    response = client.post("/accounts/signup/", NEWCOMER, headers={"Accept-Language": languages})
    assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
    carol = User.objects.get(email="carol@example.com")
    assert carol.locale == locale
    assert [(wallet.demo, str(wallet.available.normalize())) for wallet in wallets_of(carol.pk)] == [(True, "1E+4")]
    assert "data-practice-told" in client.get("/").content.decode()

    link = link_in(mails[0])
    assert "carol@example.com" in client.get(link).content.decode()
    assert client.post(link)["Location"] == "/"
    assert "10,000.00" in client.get("/").content.decode()


def test_the_link_signs_in_no_other_browser(stage: Stage, mails: Mails) -> None:
    Client().post("/accounts/signup/", NEWCOMER)
    other = Client()
    assert other.post(link_in(mails[0]))["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in other.session
    form = {"login": "carol@example.com", "password": PASSWORD}
    assert other.post("/accounts/login/", form)["Location"] == "/"


def test_looking_at_the_link_confirms_nothing(client: Client, mails: Mails) -> None:
    client.post("/accounts/signup/", NEWCOMER)
    Client().get(link_in(mails[0]))  # as mail scanners do
    assert not EmailAddress.objects.get().verified


def test_a_used_or_forged_link_says_so_and_offers_a_new_one(client: Client, mails: Mails) -> None:
    client.post("/accounts/signup/", NEWCOMER)
    link = link_in(mails[0])
    client.post(link)
    for path in (link, "/accounts/confirm-email/NA:1abcde:forged/"):
        assert "/accounts/confirm-email/resend/" in Client().get(path).content.decode()


def test_signing_up_with_a_known_email_looks_the_same_and_tells_the_owner(alice: Trader, mails: Mails) -> None:
    pages = []
    for email in ("Alice@example.com", "carol@example.com"):
        stranger = Client()
        response = stranger.post("/accounts/signup/", NEWCOMER | {"email": email})
        page = stranger.get(response["Location"]).content.decode()
        pages.append((response.status_code, response["Location"], sorted(stranger.cookies), without_tokens(page)))
    assert pages[0] == pages[1]
    assert [(mail.to[0], mail.subject) for mail in mails] == [
        ("alice@example.com", "You have an account already"),
        ("carol@example.com", "Confirm your email"),
    ]


def test_an_unverified_person_gets_the_mail_again_after_the_right_password_only(client: Client, mails: Mails) -> None:
    Client().post("/accounts/signup/", NEWCOMER)
    client.post("/accounts/login/", {"login": "carol@example.com", "password": "wrong"})
    assert len(mails) == 1
    response = client.post("/accounts/login/", {"login": "Carol@example.com", "password": PASSWORD})
    assert (response["Location"], len(mails)) == ("/accounts/confirm-email/", 2)
    assert "_auth_user_id" not in client.session


def test_any_visitor_may_ask_for_the_mail_again_for_any_email(client: Client, alice: Trader, mails: Mails) -> None:
    Client().post("/accounts/signup/", NEWCOMER)
    answers = {
        client.post("/accounts/confirm-email/resend/", {"email": email})["Location"]
        for email in ("carol@example.com", "alice@example.com", "nobody@example.com")
    }
    assert answers == {"/accounts/confirm-email/"}
    assert [mail.subject for mail in mails[1:]] == [
        "Confirm your email",
        "You have an account already",
        "There is no account with this email",
    ]


def test_a_password_is_reset_by_mail(client: Client, stage: Stage, alice: Trader, mails: Mails) -> None:
    new = "quite another password"
    client.post("/accounts/password/reset/", {"email": "Alice@example.com"})
    form = client.get(link_in(mails[0]), follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert done.status_code == 200
    assert "<h1>Your password is changed</h1>" in done.content.decode()
    assert "Your password is changed." not in done.content.decode()  # it is shown once
    assert client.post("/accounts/login/", {"login": "alice@example.com", "password": new})["Location"] == "/"
    assert [mail.subject for mail in mails] == ["Choose a new password", "Your password was changed"]
    assert "This link" in Client().get(link_in(mails[0]), follow=True).content.decode()


def test_asking_for_a_reset_looks_the_same_for_everybody(alice: Trader, mails: Mails) -> None:
    pages = []
    for email in ("alice@example.com", "nobody@example.com"):
        stranger = Client()
        page = stranger.post("/accounts/password/reset/", {"email": email}, follow=True)
        pages.append((page.status_code, page.redirect_chain, without_tokens(page.content.decode())))
    assert pages[0] == pages[1]
    assert [mail.subject for mail in mails] == ["Choose a new password", "There is no account with this email"]


@pytest.mark.parametrize("reason", ["frozen_at", "closed_at"])
def test_a_frozen_or_closed_person_is_told_so(client: Client, alice: Trader, reason: str) -> None:
    User.objects.update(is_active=False, **{reason: NOON})
    form = {"login": alice.user.email, "password": PASSWORD}
    assert "frozen" in client.post("/accounts/login/", form, follow=True).content.decode()
    assert "_auth_user_id" not in client.session


def test_a_weak_password_is_explained_beside_its_field(client: Client) -> None:
    response = client.post("/accounts/signup/", NEWCOMER | {"password1": "12345"})
    html = response.content.decode()
    assert 'class="problem"' in html
    assert 'aria-invalid="true"' in html
    assert not User.objects.exists()


def test_a_trader_signs_in_and_out(client: Client, stage: Stage, alice: Trader) -> None:
    response = client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert alice.user.email in client.get("/").content.decode()
    client.post("/accounts/logout/")
    assert "data-practice-told" in client.get("/").content.decode()


def test_a_wrong_password_is_refused(client: Client, alice: Trader) -> None:
    response = client.post("/accounts/login/", {"login": alice.user.email, "password": "wrong"})
    assert 'class="problem"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_way_back_leads_to_this_site_only(client: Client, stage: Stage, alice: Trader) -> None:
    form = {"login": alice.user.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/accounts/login/", form)["Location"] == "/"


@pytest.mark.parametrize("path", ["login", "signup", "password/reset", "confirm-email/resend"])
def test_the_pages_wear_our_layout(client: Client, path: str) -> None:
    html = client.get(f"/accounts/{path}/").content.decode()
    assert 'class="wordmark"' in html
    assert 'class="panel form"' in html


def test_five_wrong_passwords_lock_an_account_until_time_or_a_reset_opens_it(
    client: Client, stage: Stage, alice: Trader, mails: Mails
) -> None:
    def sign_in(password: str) -> bool:
        form = {"login": alice.user.email, "password": password}
        client.post("/accounts/login/", form)
        signed_in = "_auth_user_id" in client.session
        client.logout()
        return signed_in

    with time_machine.travel(NOON, tick=False) as clock:
        assert not any(sign_in("wrong") for _ in range(5))
        assert not sign_in(PASSWORD)
        clock.shift(301)
        assert sign_in(PASSWORD)

        assert not any(sign_in("wrong") for _ in range(5))
        assert not sign_in(PASSWORD)
        client.post("/accounts/password/reset/", {"email": "alice@example.com"})
        form = client.get(link_in(mails[-1]), follow=True)
        new = "quite another password"
        client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
        assert sign_in(new)


def test_one_address_is_locked_for_strangers_after_thirty_wrong_passwords(
    client: Client, stage: Stage, alice: Trader
) -> None:
    for number in range(30):
        subjects = password_subjects(email=f"nobody{number}@example.com", address="127.0.0.1")
        count_attempts(subjects=subjects, succeeded=False, now=timezone.now())
    form = {"login": alice.user.email, "password": PASSWORD}
    assert "Too many failed login attempts" in client.post("/accounts/login/", form).content.decode()
    assert client.post("/accounts/login/", form, REMOTE_ADDR="192.0.2.7")["Location"] == "/"


def test_a_login_from_a_new_device_is_mailed(client: Client, stage: Stage, alice: Trader, mails: Mails) -> None:
    devices = {
        "Firefox": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "a newer Firefox": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Safari": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.6 Mobile/15E148 Safari/604.1",
    }
    for device in devices.values():
        form = {"login": alice.user.email, "password": PASSWORD}
        client.post("/accounts/login/", form, headers={"User-Agent": device}, REMOTE_ADDR="192.0.2.7")
        client.logout()
    (mail,) = mails
    assert mail.subject == "A new device signed in"
    assert "Address: 192.0.2.7\nDevice: Mobile Safari, iOS\n" in str(mail.body)
