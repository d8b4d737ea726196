import pytest
from django.test import Client

from accounts.models import User
from accounts.selectors import wallets_of
from cryptotrader.tests.cast import PASSWORD, Stage, Trader

pytestmark = pytest.mark.django_db

NEWCOMER = {"email": "carol@example.com", "password1": PASSWORD}


@pytest.mark.parametrize(("languages", "locale"), [("ko", "ko"), ("en", "en"), ("fr", "en")])
def test_signing_up_opens_a_demo_wallet_and_signs_in(client: Client, stage: Stage, languages: str, locale: str) -> None:
    response = client.post("/accounts/signup/", NEWCOMER, headers={"Accept-Language": languages})
    assert (response.status_code, response["Location"]) == (302, "/")
    carol = User.objects.get(email="carol@example.com")
    assert carol.locale == locale
    assert [(wallet.demo, str(wallet.available.normalize())) for wallet in wallets_of(carol.pk)] == [(True, "1E+4")]
    assert "10,000.00" in client.get("/").content.decode()


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
    assert "data-anonymous" in client.get("/").content.decode()


def test_a_wrong_password_is_refused(client: Client, alice: Trader) -> None:
    response = client.post("/accounts/login/", {"login": alice.user.email, "password": "wrong"})
    assert 'class="problem"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_way_back_leads_to_this_site_only(client: Client, stage: Stage, alice: Trader) -> None:
    form = {"login": alice.user.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/accounts/login/", form)["Location"] == "/"


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_the_pages_wear_our_layout(client: Client, path: str) -> None:
    html = client.get(f"/accounts/{path}/").content.decode()
    assert 'class="wordmark"' in html
    assert 'class="panel form"' in html
