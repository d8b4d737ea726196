from functools import partial

import pytest
from django.test import RequestFactory

from accounts.selectors.access.logins import id_of_email, is_familiar, locale_of_email
from accounts.tests.cast import user_named
from accounts.tests.crowd import gather
from accounts.tests.plans import rows_read
from accounts.web.access.backend import PasswordBackend


@pytest.mark.django_db
def test_a_person_is_found_by_email_without_reading_all_people() -> None:
    alice = user_named("alice")
    gather(3000)
    assert rows_read("users", lambda: id_of_email(alice.email.upper())) == 1
    assert rows_read("users", lambda: locale_of_email(alice.email)) == 1
    assert rows_read("users", lambda: is_familiar(alice.email, "192.0.2.0/24")) <= 1


@pytest.mark.django_db
def test_signing_in_reads_no_other_people() -> None:
    user_named("alice")
    gather(3000)
    door = PasswordBackend()
    for email in ("alice@example.com", "nobody@example.com"):
        sign_in = partial(door.authenticate, RequestFactory().post("/"), email=email, password="x")
        assert rows_read("users", sign_in) <= 2
