import pytest
from django.test import Client

from accounts.domain.access.scopes import LoginMethod
from accounts.models import User
from accounts.selectors.access.logins import LoginTry, logins_of
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.letters import Mails
from accounts.tests.rest_client import Api


def sign_in(client: Client, email: str, password: str = PASSWORD, device: str = "Firefox") -> None:
    form = {"login": email, "password": password}
    client.post("/accounts/login/", form, headers={"User-Agent": device}, REMOTE_ADDR="192.0.2.7")


def tries(who: Person) -> list[tuple[LoginMethod, bool, str | None, str]]:
    return [(t.method, t.succeeded, t.address, t.device) for t in logins_of(who.user.pk, limit=10)]


def test_each_try_is_written_down_with_its_address_and_device(client: Client, alice: Person, bob: Person) -> None:
    sign_in(client, "ALICE@example.com", "wrong")
    sign_in(client, "alice@example.com", device="Firefox on a telephone")
    assert tries(alice) == [
        (LoginMethod.PASSWORD, True, "192.0.2.7", "Firefox on a telephone"),
        (LoginMethod.PASSWORD, False, "192.0.2.7", "Firefox"),
    ]
    assert tries(bob) == []


def test_tokens_for_apps_are_written_down_too(alice: Person) -> None:
    for password in ("wrong", PASSWORD):
        Api(User_Agent="robot").post("/api/v1/auth/token", {"email": "Alice@example.com", "password": password})
    assert tries(alice) == [
        (LoginMethod.TOKEN, True, "127.0.0.1", "robot"),
        (LoginMethod.TOKEN, False, "127.0.0.1", "robot"),
    ]


def test_a_frozen_person_fails_although_the_password_is_right(client: Client, alice: Person) -> None:
    User.objects.update(is_active=False, frozen_at=NOON)
    sign_in(client, "alice@example.com")
    assert [t.succeeded for t in logins_of(alice.user.pk, limit=10)] == [False]


@pytest.mark.parametrize("device", ["x" * 5000, ""])
def test_a_strange_device_keeps_nobody_out(client: Client, alice: Person, device: str) -> None:
    sign_in(client, "alice@example.com", device=device)
    ((method, succeeded, _, kept),) = tries(alice)
    assert (method, succeeded, kept) == (LoginMethod.PASSWORD, True, device[:400])


def test_older_tries_are_read_page_by_page(client: Client, alice: Person) -> None:
    for _ in range(3):
        sign_in(client, "alice@example.com", "wrong")
    newest = logins_of(alice.user.pk, limit=2)
    older = logins_of(alice.user.pk, limit=2, before=newest[-1].id)

    def ids(found: list[LoginTry]) -> list[int]:
        return [t.id for t in found]

    assert (len(newest), len(older)) == (2, 1)
    assert sorted(ids(newest + older), reverse=True) == ids(newest + older)


def test_a_token_for_a_new_device_is_mailed(alice: Person, mails: Mails) -> None:
    login = {"email": "alice@example.com", "password": PASSWORD}
    for device in ("robot/1.0", "robot/1.0", "other-robot/2.0"):
        assert Api(User_Agent=device).post("/api/v1/auth/token", login).status == 200
    (mail,) = mails
    assert (mail.to, mail.subject) == (["alice@example.com"], "A new device signed in")
    assert "other-robot" in str(mail.body)
