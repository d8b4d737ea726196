"""The pages of people's own limits."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Exclusion, TradingLimit
from accounts.tests.cast import PASSWORD
from trading.tests.cast import Stage, Trader

pytestmark = pytest.mark.django_db
PATH = "/account/limits/"
LOSS = "loss-7-USDT-demo"


@pytest.fixture
def alices(client: Client, alice: Trader) -> Client:
    assert client.login(email=alice.user.email, password=PASSWORD)
    return client


def amounts() -> dict[str, Decimal | None]:
    return {limit.kind: limit.amount for limit in TradingLimit.objects.all()}


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    for path in (PATH, f"{PATH}time-out/?hours=24", f"{PATH}self-exclusion/?months=6"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_it_sets_what_is_typed_and_shows_what_is_used(alices: Client, stage: Stage, alice: Trader) -> None:
    alice.place(stake="100")
    answer = alices.post(PATH, {LOSS: "1,250.50", "open_trades-0-USDT-demo": "3", "stake-0-USDT-demo": ""}, follow=True)
    assert answer.redirect_chain == [(PATH, 302)]
    assert amounts() == {"loss": Decimal("1250.5"), "open_trades": 3}
    html = answer.content.decode()
    assert 'value="1250.5"' in html
    assert '<span class="number" translate="no">1</span>' in html  # open trades
    assert '<span class="number" translate="no">2</span>' in html


def test_what_is_not_touched_goes_on_waiting_until_it_is_kept(alices: Client) -> None:
    alices.post(PATH, {LOSS: "100"})
    alices.post(PATH, {LOSS: "200"})
    alices.post(PATH, {LOSS: "100", "stake-0-USDT-demo": "5"})
    limit = TradingLimit.objects.get(kind="loss")
    assert (limit.amount, limit.next_amount) == (100, 200)
    assert "Keep 100.00" in alices.get(PATH).content.decode()
    alices.post(PATH, {"keep": LOSS})
    limit.refresh_from_db()
    assert (limit.amount, limit.next_amount, limit.next_from) == (100, None, None)


def test_an_emptied_field_removes_its_limit_in_a_day(alices: Client) -> None:
    alices.post(PATH, {"session-0--real": "60"})
    alices.post(PATH, {"session-0--real": ""})
    limit = TradingLimit.objects.get()
    assert (limit.amount, limit.next_amount, limit.next_from is not None) == (60, None, True)
    assert "no limit" in alices.get(PATH).content.decode()


@pytest.mark.parametrize("typed", ["abc", "-1", "1.001", "1,50", "NaN", "1 0", "1e400", "\0"])
def test_what_makes_no_sense_is_shown_again_and_changes_nothing(alices: Client, typed: str) -> None:
    html = alices.post(PATH, {LOSS: typed, "stake-0-USDT-demo": "5"}).content.decode()
    assert html.count('aria-invalid="true"') == 1
    assert 'id="loss-7-USDT-demo-error"' in html
    assert 'name="stake-0-USDT-demo" value="5"' in html  # the input of other fields isn't lost
    assert amounts() == {}


def test_fields_that_there_are_not_do_nothing(alices: Client) -> None:
    posted = {"loss-7-BTC-real": "1", "luck-0-USDT-demo": "1", "deposit-1-USDT-demo": "1", "loss-999-USDT-demo": "1"}
    for name, value in posted.items():
        alices.post(PATH, {name: value})
    alices.post(PATH, {"keep": "loss-7-USDT-demo"})
    assert amounts() == {}


def test_a_time_out_is_taken_on_its_second_page_only(alices: Client) -> None:
    path = f"{PATH}time-out/?hours=24"
    assert "Nobody can end it early" in alices.get(path).content.decode()
    alices.post(path, {})
    assert not Exclusion.objects.exists()
    assert "You have taken a time-out" in alices.post(path, {"understood": "on"}, follow=True).content.decode()
    assert Exclusion.objects.get().kind == "time_out"


def test_a_self_exclusion_wants_the_email_typed(alices: Client) -> None:
    path = f"{PATH}self-exclusion/?months=6"
    for body in (
        {},
        {"understood": "on"},
        {"understood": "on", "confirmation": "bob@example.com"},
        {"confirmation": "alice@example.com"},
    ):
        alices.post(path, body)
    assert not Exclusion.objects.exists()
    page = alices.post(path, {"understood": "on", "confirmation": "Alice@example.com "}, follow=True)
    assert "You have excluded yourself" in page.content.decode()


@pytest.mark.parametrize("query", ["?hours=", "?hours=1", "?hours=24&hours=x", "?hours=-24", "?hours=２４"])
def test_lengths_that_are_not_offered_are_not_found(alices: Client, query: str) -> None:
    assert alices.get(f"{PATH}time-out/{query}").status_code == 404
    assert alices.post(f"{PATH}time-out/{query}", {"understood": "on"}).status_code == 404


def test_without_a_length_the_pages_lead_to_where_it_is_chosen(alices: Client) -> None:
    for name in ("time-out", "self-exclusion"):
        assert alices.get(f"{PATH}{name}/")["Location"] == f"{PATH}#{name}"
        assert alices.post(f"{PATH}{name}/", {"understood": "on"}).status_code == 404
    assert f'id="{name}"' in alices.get(PATH).content.decode()


def test_it_is_never_cached_and_nothing_is_inline(alices: Client) -> None:
    answer = alices.get(PATH)
    assert "no-store" in answer["Cache-Control"]
    assert " style=" not in answer.content.decode()
