import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.services.people.register_trader import register_trader
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.rest_client import Api

LOGIN = {"email": "carol@example.com", "password": PASSWORD}


@pytest.mark.parametrize("address", [True, False])
def test_it_lets_a_person_in_whose_mail_never_came(db: None, address: bool) -> None:
    register_trader(email="carol@example.com", password=PASSWORD, locale="en", now=NOON)
    if not address:  # as after `createsuperuser`
        User.objects.get().emailaddress_set.all().delete()  # type: ignore[attr-defined]
    Api().post("/api/v1/auth/token", LOGIN).assert_problem(403, "email-not-verified")
    call_command("vouch_for_email", "Carol@example.com")
    call_command("vouch_for_email", "carol@example.com")
    assert Api().post("/api/v1/auth/token", LOGIN).status == 200


def test_it_names_whom_it_does_not_know(db: None) -> None:
    with pytest.raises(CommandError, match=r"nobody@example\.com"):
        call_command("vouch_for_email", "nobody@example.com")
