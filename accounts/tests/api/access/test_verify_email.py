from secrets import randbits

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import signing
from pytest_django import Settings

from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.letters import Mails, key_in
from accounts.tests.rest_client import Api

VERIFY, RESEND = "/api/v1/auth/verify-email", "/api/v1/auth/resend-verification"
LOGIN = {"email": "carol@example.com", "password": PASSWORD}


@pytest.fixture
def key(db: None, mails: Mails) -> str:
    Api().post("/api/v1/auth/register", LOGIN)
    return key_in(mails[0])


def test_a_key_works_once(key: str) -> None:
    assert Api().post(VERIFY, {"key": key}).status == 200
    Api().post(VERIFY, {"key": key}).assert_problem(400, "invalid-verification-key")


def test_a_key_is_good_for_three_days(db: None, mails: Mails) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        Api().post("/api/v1/auth/register", LOGIN)
        clock.shift(3 * 86_400 + 1)
        Api().post(VERIFY, {"key": key_in(mails[0])}).assert_problem(400, "invalid-verification-key")


def test_a_forged_key_verifies_nobody(key: str) -> None:
    (address,) = EmailAddress.objects.all()
    forgeries = [signing.dumps(address.pk, key="another secret", salt="account"), signing.dumps(address.pk, salt="x")]
    for forged in [*forgeries, key[:-1], key + "=", f"{address.pk}", "é", "a:b:c", "." * 4096]:
        Api().post(VERIFY, {"key": forged}).assert_problem(400, "invalid-verification-key")
    address.refresh_from_db()
    assert not address.verified


@pytest.mark.parametrize("value", [None, 1, "", [], {"a": 1}, "\0", "\ud800", "x" * 4097])
def test_it_names_what_can_be_no_key(db: None, value: object) -> None:
    assert Api().post(VERIFY, {"key": value}).assert_problem(400, "invalid-input").fields == {
        "key": "required" if value in (None, "") else "invalid"
    }


def test_the_mail_is_sent_again_and_the_answer_tells_nothing(key: str, alice: Person, mails: Mails) -> None:
    emails = (LOGIN["email"].upper(), alice.user.email, "nobody@example.com")
    answers = {(a.status, a.content) for a in [Api().post(RESEND, {"email": email}) for email in emails]}
    assert answers == {(202, b'{"status":"mail-sent"}')}
    assert [(mail.to[0], mail.subject) for mail in mails[1:]] == [
        ("carol@example.com", "Confirm your email"),
        ("alice@example.com", "You have an account already"),
        ("nobody@example.com", "There is no account with this email"),
    ]
    assert Api().post(VERIFY, {"key": key_in(mails[1])}).status == 200


@pytest.mark.parametrize("email", ["", None, 5, "carol", "carol@", "a@b\nBcc: c@example.com", "\0@example.com"])
def test_it_refuses_what_is_no_email(db: None, mails: Mails, email: object) -> None:
    assert "email" in Api().post(RESEND, {"email": email}).assert_problem(400, "invalid-input").fields
    assert mails == []


def test_one_email_gets_one_mail_a_minute_from_all_askers_together(db: None, mails: Mails, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": f"1/{60 + randbits(30)}s/key"}
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
        assert (
            Api().client.post(RESEND, {"email": LOGIN["email"]}, "application/json", REMOTE_ADDR=address).status_code
            == 202
        )
    assert len(mails) == 1


def test_a_token_is_refused_until_then_only_to_who_knows_the_password(key: str, mails: Mails) -> None:
    wrong = LOGIN | {"password": "wrong"}
    Api().post("/api/v1/auth/token", wrong).assert_problem(401, "invalid-credentials")
    assert len(mails) == 1
    Api().post("/api/v1/auth/token", LOGIN).assert_problem(403, "email-not-verified")
    assert len(mails) == 2


def test_asking_for_tokens_again_and_again_gets_the_same_answer_but_no_more_mails(
    key: str, mails: Mails, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"resend_verification": f"2/{60 + randbits(30)}s/key"}
    for _ in range(4):
        Api().post("/api/v1/auth/token", LOGIN).assert_problem(403, "email-not-verified")
    assert len(mails) <= 3
