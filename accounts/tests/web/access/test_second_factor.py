"""An authenticator app in a browser: set up, used, removed."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone

from accounts.domain.access.scopes import SecondFactorInUse
from accounts.models import ApiKey, User
from accounts.sealing import unseal
from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.access.second_factors import second_factor_removed_at
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.threads import at_once

KEY = re.compile(r'<code class="key"[^>]*>([A-Z2-7 ]+)</code>')
CODES = re.compile(r"<li><code>(\d{8})</code></li>")


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def sign_in(client: Client, trader: Person) -> str:
    """Signs in with the password, and returns the next address."""
    return str(client.post("/accounts/login/", {"login": trader.user.email, "password": PASSWORD})["Location"])


def confirm(client: Client, path: str) -> None:
    """Confirms the password on the way to this page."""
    response = client.get(path)
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(response["Location"], {"password": PASSWORD, "next": path})["Location"] == path


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Sets up an authenticator app for the signed-in user, and returns its secret and the recovery codes."""
    confirm(client, "/security/app/")
    found = KEY.search(client.get("/security/app/").content.decode())
    assert found
    secret = found[1].replace(" ", "")
    code = code_of(secret)
    pasted = f"{code[:3]}\u00a0{code[3:5]}{chr(ord(code[5]) + 0xFEE0)}"  # the last digit is a full-width one
    response = client.post("/security/app/", {"code": pasted})
    assert (response.status_code, response["Location"]) == (302, "/security/recovery-codes/")
    return secret, CODES.findall(client.get("/security/recovery-codes/").content.decode())


@pytest.fixture
def reader(client: Client, alice: Person) -> Client:
    assert sign_in(client, alice) == "/"
    return client


def test_setting_up_asks_for_the_password_first(reader: Client) -> None:
    for path in ("app/", "app/remove/", "recovery-codes/new/", "passkeys/add/"):
        assert reader.post(f"/security/{path}").status_code in {302, 404}
    assert not Authenticator.objects.exists()


def test_seeds_are_kept_sealed_and_codes_are_shown_once(reader: Client, alice: Person) -> None:
    secret, codes = set_up_app(reader)
    assert len(codes) == 10
    for row in Authenticator.objects.all():
        sealed = row.data.get("secret") or row.data["seed"]
        assert secret not in sealed
        assert sealed.startswith("gAAAA")
        assert unseal(sealed)
    assert CODES.findall(reader.get("/security/recovery-codes/").content.decode()) == []
    assert has_second_factor(alice.user)


def test_a_wrong_code_sets_nothing_up(reader: Client, alice: Person) -> None:
    confirm(reader, "/security/app/")
    for code in ("000000x", "", "\0", "１２３４５６"):
        assert 'class="problem"' in reader.post("/security/app/", {"code": code}).content.decode()
    assert not has_second_factor(alice.user)


def test_signing_in_asks_for_the_code_and_takes_a_recovery_code_once(reader: Client, alice: Person) -> None:
    secret, codes = set_up_app(reader)
    for code, lets_in in ((code_of(secret), True), (codes[0], True), (codes[0], False), ("00000000", False)):
        client = Client()
        assert sign_in(client, alice) == "/security/sign-in/"
        assert "_auth_user_id" not in client.session
        client.post("/security/sign-in/", {"code": code})
        assert ("_auth_user_id" in client.session) is lets_in, code
    assert "9</span>" in reader.get("/security/").content.decode()


def test_new_codes_end_the_old_ones(reader: Client, alice: Person) -> None:
    _, codes = set_up_app(reader)
    assert reader.post("/security/recovery-codes/new/")["Location"] == "/security/recovery-codes/"
    fresh = CODES.findall(reader.get("/security/recovery-codes/").content.decode())
    assert len(fresh) == 10
    client = Client()
    sign_in(client, alice)
    client.post("/security/sign-in/", {"code": codes[0]})
    assert "_auth_user_id" not in client.session
    client.post("/security/sign-in/", {"code": fresh[0]})
    assert "_auth_user_id" in client.session


def test_removing_the_app_leaves_no_codes_and_says_when(reader: Client, alice: Person) -> None:
    set_up_app(reader)
    assert second_factor_removed_at(alice.user.pk) is None
    before = timezone.now()
    assert reader.post("/security/app/remove/")["Location"] == "/security/"
    assert not Authenticator.objects.exists()
    removed_at = second_factor_removed_at(alice.user.pk)
    assert removed_at
    assert before <= removed_at <= timezone.now()
    assert sign_in(Client(), alice) == "/"


def key_that_may_withdraw(user: User) -> ApiKey:
    return ApiKey.objects.create(
        user=user, name="bot", prefix="ct_test", secret_hash="0" * 64, scopes=["withdraw"], created_at=timezone.now()
    )


def test_the_last_second_factor_stays_while_a_key_may_withdraw(reader: Client, alice: Person) -> None:
    set_up_app(reader)
    key = key_that_may_withdraw(alice.user)
    page = reader.post("/security/app/remove/")
    assert "An API key of yours may withdraw money: revoke it first." in page.content.decode()
    assert has_second_factor(alice.user)
    key.revoked_at = timezone.now()
    key.save()
    reader.post("/security/app/remove/")
    assert not has_second_factor(alice.user)


@pytest.mark.django_db(transaction=True)
def test_the_last_passkey_stays_too_and_is_nobody_elses_to_remove(reader: Client, alice: Person, bob: Person) -> None:
    confirm(reader, "/security/passkeys/add/")
    alices, bobs = (
        Authenticator.objects.create(
            user=who.user, type="webauthn", data={"name": "Phone", "credential": {}}, created_at=timezone.now()
        )
        for who in (alice, bob)
    )
    key = key_that_may_withdraw(alice.user)
    assert reader.post(f"/security/passkeys/{alices.pk}/remove/").status_code == 409
    assert reader.post(f"/security/passkeys/{bobs.pk}/remove/").status_code == 404
    assert reader.post(f"/security/passkeys/{bobs.pk}/name/", {"name": "Mine"}).status_code == 404
    key.delete()
    assert reader.post(f"/security/passkeys/{alices.pk}/remove/")["Location"] == "/security/"
    assert [row.pk for row in Authenticator.objects.all()] == [bobs.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_passkeys_removed_at_once_one_stays_for_the_key(alice: Person) -> None:
    passkeys = [
        Authenticator.objects.create(user=alice.user, type="webauthn", data={"name": name, "credential": {}})
        for name in ("Phone", "Laptop")
    ]
    key_that_may_withdraw(alice.user)
    results = at_once([passkey.delete for passkey in passkeys])
    assert sum(isinstance(result, SecondFactorInUse) for result in results) == 1
    assert Authenticator.objects.count() == 1
    assert second_factor_removed_at(alice.user.pk) is None


def test_the_names_of_passkeys_differ(reader: Client, alice: Person) -> None:
    confirm(reader, "/security/passkeys/add/")
    first, _ = (
        Authenticator.objects.create(user=alice.user, type="webauthn", data={"name": name, "credential": {}})
        for name in ("Phone", "Laptop")
    )
    path = f"/security/passkeys/{first.pk}/name/"
    for name in ("Laptop", "x" * 61, "", "\0"):
        assert 'class="problem"' in reader.post(path, {"name": name}).content.decode()
    assert reader.post(path, {"name": "Phone"}).status_code == 302
    assert reader.post(path, {"name": "Old phone"}).status_code == 302
    first.refresh_from_db()
    assert first.data["name"] == "Old phone"


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "1", '"x"', '{"id": "x", "response": 1}', "{"])
def test_a_made_up_passkey_neither_signs_in_nor_is_added(reader: Client, alice: Person, credential: str) -> None:
    confirm(reader, "/security/passkeys/add/")
    assert reader.post("/security/passkeys/add/", {"name": "x", "credential": credential}).status_code == 200
    visitor = Client()
    assert visitor.post("/security/sign-in/passkey/", {"credential": credential}).status_code == 302
    assert "_auth_user_id" not in visitor.session
    assert not Authenticator.objects.exists()
