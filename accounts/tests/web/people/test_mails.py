import re
from pathlib import Path

import allauth
import pytest
from celery import Celery, current_app
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.letters import Mails
from accounts.web.mails import Mail, compose, post

OURS = sorted(path.stem for path in (django_settings.BASE_DIR / "templates" / "mails").glob("*.html"))
OFF = {
    "email_changed", "email_confirm", "email_deleted",  # no page changes an email yet
    "login_code", "password_reset_code",  # our mails contain links
}  # fmt: skip
OF_SERVICES = {
    "beneficiary_added",
    "deposit_credited",
    "withdrawal_paid",
    "withdrawal_refused",
    "account_closed",
    "api_key_made",
    "api_keys_ended",
    "withdrawal_requested",
    "limit_raised",
    "trading_stopped",
    "webhook_made",
    "webhook_off",
}
"""The mails of our own services: see accounts/tests/steps/test_tell_by_mail.py."""

CONTEXT = {
    "link": "https://example.com/x?a=1&b=2",
    "ip": "192.0.2.7",
    "timestamp": None,
    **dict.fromkeys(("device", "label", "address", "beneficiary", "reference", "reason"), "<script>alert(1)</script>"),
}


def test_each_mail_that_allauth_may_send_is_ours() -> None:
    folders = [Path(allauth.__path__[0]) / "templates" / app / "email" for app in ("account", "mfa")]
    sent = {path.name.removesuffix("_subject.txt") for folder in folders for path in folder.glob("*_subject.txt")}
    assert sent - OFF == set(OURS) - {"new_device", "known_device"} - OF_SERVICES


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("name", OURS)
def test_each_has_a_subject_a_plain_text_and_a_page(name: str, locale: str) -> None:
    mail = compose(name, to="o'hara&co@example.com", locale=locale, context=CONTEXT)
    assert mail.subject
    assert "\n" not in mail.subject
    assert "https://example.com/x?a=1&b=2\n" in mail.text
    assert "&#x27;" not in mail.text
    assert "&amp;" not in mail.text
    assert f'<html lang="{locale}">' in mail.html
    assert 'href="https://example.com/x?a=1&amp;b=2"' in mail.html
    assert "<script>" not in mail.html
    assert re.search(r"<p>[^<]+</p>\s*<p>", mail.html)


def test_it_is_in_the_language_of_its_reader_not_of_its_cause(alice: Person, mails: Mails) -> None:
    User.objects.update(locale="ko")
    Client(headers={"Accept-Language": "en"}).post("/accounts/password/reset/", {"email": "alice@example.com"})
    Client(headers={"Accept-Language": "ko"}).post("/accounts/password/reset/", {"email": "bob@example.com"})
    pages = [str(mail.alternatives[0][0]) for mail in mails]  # type: ignore[attr-defined]
    assert ['lang="ko"' in page for page in pages] == [True, True]
    User.objects.update(locale="en")
    Client(headers={"Accept-Language": "ko"}).post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert mails[2].subject == "Choose a new password"


def test_changing_the_password_is_mailed(client: Client, alice: Person, mails: Mails) -> None:
    client.force_login(alice.user)
    new = "quite another password"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert "Your password is changed." in client.post("/accounts/password/change/", form, follow=True).content.decode()
    (mail,) = mails
    assert (mail.to, mail.subject) == (["alice@example.com"], "Your password was changed")


def test_a_queue_that_is_away_stops_nobody_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    ours = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    nowhere = Celery(broker="redis://127.0.0.1:1/0", broker_transport_options={"max_retries": 0})
    nowhere.conf.task_publish_retry = False
    nowhere.set_current()
    try:
        post(Mail("alice@example.com", "subject", "text", "html"))
    finally:
        ours.set_current()
    assert "mail not queued" in caplog.text


def test_a_mail_server_that_is_away_stops_nobody_and_is_tried_again(
    client: Client, db: None, mails: Mails, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    form = {"email": "carol@example.com", "password1": PASSWORD}
    assert client.post("/accounts/signup/", form)["Location"] == "/accounts/confirm-email/"
    assert User.objects.filter(email="carol@example.com").exists()
