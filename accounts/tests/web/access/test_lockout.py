"""Wrong passwords shut out the guesser. They are no weapon against the owner, nor against the neighbours."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.domain.access.attempts import LOCKOUTS, Guess
from accounts.models import AttemptTally, User
from accounts.services.access.count_attempts import count_attempts, password_subjects
from accounts.services.people.register_staff import register_staff
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.codes import App
from accounts.tests.letters import Mails, link_in
from accounts.tests.rest_client import Api
from accounts.web.access import known_devices

pytestmark = pytest.mark.django_db
EMAIL = "alice@example.com"
OFFICE = "203.0.113.9"
TRIES = {guess: lockout.failures_max for guess, lockout in LOCKOUTS.items()}


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def signs_in(browser: Client, email: str = EMAIL, password: str = PASSWORD) -> bool:
    return browser.post("/accounts/login/", {"login": email, "password": password}).status_code == 302


def sign_out(browser: Client) -> Client:
    browser.post("/accounts/logout/")
    return browser


def guess_wrong(email: str, address: str) -> None:
    """What the entrance does with a wrong password, without its page."""
    subjects = password_subjects(email=email, address=address)
    count_attempts(subjects=subjects, succeeded=False, now=timezone.now())


def guess_from_everywhere(email: str = EMAIL) -> None:
    """Enough wrong passwords to shut out strangers from the account."""
    assert not signs_in(at("198.51.100.0"), email, "wrong")
    for number in range(1, TRIES[Guess.EMAIL]):
        guess_wrong(email, f"198.51.100.{number}")


def test_five_guesses_from_elsewhere_shut_out_that_place_alone(alice: Person) -> None:
    thief = at("198.51.100.1")
    for _ in range(5):
        signs_in(thief, password="wrong")
    assert not signs_in(thief)
    assert signs_in(at("192.0.2.1"))


def test_many_from_everywhere_dont_shut_out_a_known_device_wherever_it_is(alice: Person) -> None:
    browser = Client()
    assert signs_in(browser)
    sign_out(browser)
    guess_from_everywhere()
    browser.defaults["REMOTE_ADDR"] = "192.0.2.200"
    assert signs_in(browser)


def test_nor_a_familiar_place_of_a_program(alice: Person) -> None:
    Api(alice)  # signs in from the tests' own address
    guess_from_everywhere()
    login = {"email": EMAIL, "password": PASSWORD}
    assert Api().post("/api/v1/auth/token", login).status == 200
    assert not signs_in(at("192.0.2.1"))


def test_guesses_from_an_office_dont_shut_out_its_people_and_staff(alice: Person) -> None:
    register_staff(email="root@example.com", password=PASSWORD, now=NOON)
    desks = {EMAIL: at(OFFICE), "root@example.com": at(OFFICE)}
    for email, browser in desks.items():
        assert signs_in(browser, email)
        sign_out(browser)
    for number in range(TRIES[Guess.ADDRESS]):
        guess_wrong(f"nobody{number}@example.com", OFFICE)
    for email, browser in desks.items():
        assert signs_in(browser, email)
    assert not signs_in(at(OFFICE), "bob@example.com")


def test_a_known_device_may_not_guess_without_end(alice: Person) -> None:
    browser = Client()
    assert signs_in(browser)
    sign_out(browser)
    for _ in range(TRIES[Guess.DEVICE]):
        signs_in(browser, password="wrong")
    assert not signs_in(browser)
    assert AttemptTally.objects.count() == 1  # strangers have lost nothing by it


@pytest.mark.parametrize("forged", ["", "x", "e30:1", '{"1":"x"}'])
def test_a_forged_cookie_is_a_strangers(alice: Person, forged: str) -> None:
    guess_from_everywhere()
    browser = at("192.0.2.1")
    browser.cookies[known_devices.COOKIE] = forged
    assert not signs_in(browser)


def test_a_device_is_known_to_its_own_people_only(alice: Person, bob: Person) -> None:
    browser = at("192.0.2.1")
    assert signs_in(browser, "bob@example.com")
    sign_out(browser)
    guess_from_everywhere()
    assert not signs_in(browser)


def test_who_is_shut_out_gets_a_link_instead_of_a_wall(alice: Person, mails: Mails) -> None:
    guess_from_everywhere()
    stranger = at("192.0.2.1")
    page = stranger.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}).content.decode()
    unknown = at("192.0.2.2")
    guess_from_everywhere("nobody@example.com")
    told = unknown.post("/accounts/login/", {"login": "nobody@example.com", "password": PASSWORD}).content.decode()
    assert "open the link that we have mailed" in page
    assert "open the link that we have mailed" in told
    assert [mail.to for mail in mails] == [[EMAIL]]
    link = link_in(mails[0])
    assert "Sign in on this device?" in stranger.get(link).content.decode()
    assert not signs_in(stranger)  # opened, as a mail program does, and not pressed
    assert stranger.post(link)["Location"] == "/accounts/login/"
    assert not signs_in(stranger, password="wrong")
    assert signs_in(stranger)


def test_a_link_of_yesterday_or_of_nobody_is_none(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    key = known_devices.link_key(alice.user.pk)
    assert known_devices.user_of_link(key) == alice.user.pk
    monkeypatch.setattr(known_devices, "LINK_SECONDS", -1)
    for each in (key, "x", "MQ:1:1"):
        assert "This link has expired" in Client().post(f"/security/devices/know/{each}/").content.decode()


def test_the_reset_by_mail_opens_the_place_that_it_comes_from(alice: Person, mails: Mails) -> None:
    for _ in range(5):
        signs_in(Client(), password="wrong")
    assert not signs_in(Client())
    Client().post("/accounts/password/reset/", {"email": EMAIL})
    reader = Client()
    form = reader.get(link_in(mails[-1]))["Location"]
    reader.post(form, {"password1": "quite another password", "password2": "quite another password"})
    assert signs_in(reader, password="quite another password")


def test_guesses_at_the_entrance_dont_count_for_the_owner_inside(alice: Person) -> None:
    browser = Client()
    assert signs_in(browser)
    guess_from_everywhere()
    new = {"oldpassword": PASSWORD, "password1": "quite another password", "password2": "quite another password"}
    assert browser.post("/accounts/password/change/", new).status_code == 302


@pytest.mark.parametrize("door", ["page", "app", "closing", "key", "confirmation"])
def test_guesses_at_ones_own_password_are_counted_at_every_door(alice: Person, door: str) -> None:
    browser, app = Client(), Api(alice)
    signs_in(browser)
    login = Api().post("/_allauth/app/v1/auth/login", {"email": EMAIL, "password": PASSWORD}).json()["meta"]
    headless = Api(**{"X-Session-Token": login["session_token"]})

    def guess(password: str) -> None:
        new = "quite another password"
        if door == "page":
            browser.post("/accounts/password/change/", {"oldpassword": password, "password1": new, "password2": new})
        elif door == "app":
            change = {"current_password": password, "new_password": new}
            headless.post("/_allauth/app/v1/account/password/change", change)
        elif door == "closing":
            app.post("/api/v1/me/close", {"password": password, "confirmation": EMAIL})
        elif door == "key":
            app.post("/api/v1/api-keys", {"name": "bot", "scopes": ["read"], "password": password})
        else:
            browser.post("/accounts/reauthenticate/", {"password": password})

    for _ in range(TRIES[Guess.OWN_PASSWORD]):
        guess("wrong")
    before = AttemptTally.objects.get(failures=5)
    guess(PASSWORD)
    alice.user.refresh_from_db()
    assert alice.user.check_password(PASSWORD)
    assert alice.user.closed_at is None
    assert not alice.user.api_keys.exists()
    assert User.objects.count() == 1
    assert AttemptTally.objects.get(failures=5).locked_until == before.locked_until


def test_a_thief_of_the_password_cant_shut_the_owner_out_by_wrong_codes(alice: Person) -> None:
    inside, outside = Client(), Client()
    for browser in (inside, outside):
        assert signs_in(browser)
    sign_out(outside)
    app, now = App(alice.user), timezone.now()
    wish = {"email": EMAIL, "password": PASSWORD, "code": app.wrong(now)}
    for _ in range(TRIES[Guess.SECOND_FACTOR]):
        Api().post("/api/v1/auth/token", wish).assert_problem(401, "second-factor-wrong")
    code = {"code": app.recovery_codes[0]}
    Api().post("/api/v1/auth/token", wish | code).assert_problem(429, "too-many-attempts")
    assert inside.post("/security/confirm/", code).status_code == 302
    assert signs_in(outside)
    assert outside.post("/security/sign-in/", {"code": app.recovery_codes[1]})["Location"] == "/"
