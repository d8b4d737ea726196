"""Each door knows a person by their mailbox, however somebody types it, and mails only to the stored form."""

from importlib import import_module
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.headless.internal.restkit.inputs import Input
from django import forms
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.services.people.register_staff import register_staff
from accounts.tests.cast import NOON, PASSWORD, Person, person
from accounts.tests.guards import refused
from accounts.tests.letters import Mails
from accounts.tests.rest_client import Api
from accounts.tests.spellings import DISGUISES
from accounts.web.access.headless import VIEWS
from accounts.web.access.mailbox_forms import MailboxField
from accounts.web.access.verification import EmailForm

pytestmark = pytest.mark.django_db
BORA = "bora@example.com"
APP = "/_allauth/app/v1"


def inputs() -> dict[str, type[forms.Form]]:
    """Every form of a page or an app that allauth may use here, and ours."""
    found = {name: import_string(path) for name, path in django_settings.ACCOUNT_FORMS.items()}
    for name, view in VIEWS.items():
        given = getattr(view, "input_class", None) or {}
        classes = given.values() if isinstance(given, dict) else [given]
        found |= {f"{name} {each.__name__}": each for each in classes if isinstance(each, type)}
    return found | {"resend": EmailForm}


def test_every_form_reads_an_email_as_a_mailbox() -> None:
    seen = set()
    for name, each in inputs().items():
        try:
            form = each()
        except KeyError:  # a form of a signed-in person asks for no email
            assert not any(isinstance(field, forms.EmailField) for field in each.base_fields.values()), name
            continue
        for field in (form.fields.get("email"), form.fields.get("login")):
            if field is not None:
                assert isinstance(field, MailboxField), name
                seen.add(name)
    assert len(seen) >= 7
    assert issubclass(import_module("accounts.web.access.mailbox_forms").LoginMailboxInput, Input)


@pytest.mark.parametrize("typed", DISGUISES)
def test_nobody_registers_a_second_account_of_a_mailbox(typed: str, mails: Mails) -> None:
    person("bora")
    Api().post("/api/v1/auth/register", {"email": typed, "password": PASSWORD})
    Client().post("/accounts/signup/", {"email": typed, "password1": PASSWORD})
    Api().post(f"{APP}/auth/signup", {"email": typed, "password": PASSWORD})
    register_staff(email=typed, password=PASSWORD, now=NOON)
    assert [user.email for user in User.objects.all()] == [BORA]
    assert [(mail.to, mail.subject) for mail in mails] == [([BORA], "You have an account already")] * 3


@pytest.mark.long
@pytest.mark.parametrize("typed", DISGUISES)
def test_every_door_finds_the_owner(typed: str, mails: Mails) -> None:
    bora = person("bora")
    login = {"email": typed, "password": PASSWORD}
    assert Api().post("/api/v1/auth/token", login).status == 200
    assert Api().post(f"{APP}/auth/login", login).status == 200
    page = Client()
    assert page.post("/accounts/login/", {"login": typed, "password": PASSWORD}).status_code == 302
    Client().post("/accounts/password/reset/", {"email": typed})
    Api().post(f"{APP}/auth/password/request", {"email": typed})
    EmailAddress.objects.update(verified=False)
    Api().post("/api/v1/auth/resend-verification", {"email": typed})
    Client().post("/accounts/confirm-email/resend/", {"email": typed})
    assert {mail.to[0] for mail in mails} == {BORA}
    assert [mail.subject for mail in mails] == ["Choose a new password"] * 2 + ["Confirm your email"] * 2
    call_command("vouch_for_email", typed, stdout=StringIO())
    assert EmailAddress.objects.get().verified
    call_command("create_api_key", typed, "--name", "bot", "--scope", "read", stdout=StringIO(), stderr=StringIO())
    assert bora.user.api_keys.count() == 1
    assert "closed" in page.post("/settings/close/", {"password": PASSWORD, "confirmation": typed}).content.decode()


def test_guesses_in_all_spellings_are_counted_as_one(bob: Person) -> None:
    person("bora")
    for typed in DISGUISES[:5]:
        Api().post("/api/v1/auth/token", {"email": typed, "password": "wrong"})
    Api().post("/api/v1/auth/token", {"email": BORA, "password": PASSWORD}).assert_problem(429, "too-many-attempts")


@pytest.mark.parametrize("typed", DISGUISES)
def test_staff_find_the_person_too(client: Client, typed: str) -> None:
    person("bora")
    client.force_login(register_staff(email="root@example.com", password=PASSWORD, now=NOON))
    found = client.get("/admin/accounts/user/", {"q": typed}).content.decode()
    assert "bora@example.com</a>" in found


@pytest.mark.parametrize("stored", ["Bora@example.com", "bora@한국.kr", "bo\u200bra@example.com", "bo ra@example.com"])
def test_the_database_takes_the_one_form_only(stored: str) -> None:
    bora = person("bora")
    with refused("emails_are_mailboxes"), connection.cursor() as cursor:
        cursor.execute("UPDATE users SET email = %s WHERE id = %s", [stored, bora.user.pk])


def stored_before(*emails: str) -> list[int]:
    """Accounts from before the rule, with these addresses as they were typed."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users DROP CONSTRAINT emails_are_mailboxes")
    numbers = [person(f"before{n}").user.pk for n in range(len(emails))]
    with connection.cursor() as cursor:
        for number, email in zip(numbers, emails, strict=True):
            cursor.execute("UPDATE users SET email = %s WHERE id = %s", [email, number])
            cursor.execute("UPDATE account_emailaddress SET email = %s WHERE user_id = %s", [email, number])
    return numbers


migration = import_module("accounts.migrations.0010_mailboxes")


def test_the_migration_writes_the_one_form() -> None:
    stored_before("minsu@한국.kr", "bora@exam\u00adple.com")
    migration.write_in_one_form(apps, None)
    forms = [BORA, "minsu@xn--3e0b707e.kr"]
    assert sorted(User.objects.values_list("email", flat=True)) == forms
    assert sorted(EmailAddress.objects.values_list("email", flat=True)) == forms


def test_the_migration_reports_accounts_that_share_a_mailbox_and_changes_nothing() -> None:
    stored = ["bora@example.com", "bora@exam\u200bple.com", "minsu@한국.kr", "bora@ｅｘａｍｐｌｅ.com", "ı@example.com"]
    numbers = stored_before(*stored)
    with pytest.raises(CommandError) as caught:
        migration.write_in_one_form(apps, None)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"accounts {numbers[0]}, {numbers[1]}, {numbers[3]} share the mailbox {BORA}: ")
    assert lines[1] == f"account {numbers[4]} has no mailbox: '\\u0131@example.com'"
    assert sorted(User.objects.values_list("email", flat=True)) == sorted(stored)
