"""The wallet pages in a browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.services.limits.self_exclude import self_exclude
from accounts.tests.cast import NOON, standing
from accounts.tests.wallet_changes import change
from trading.tests.cast import Stage, Trader


@pytest.fixture
def browser(alice: Trader) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(alice.user)
    return client


@pytest.fixture
def _real_money(settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT",)


def shown(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("path", ["/wallet/", "/wallet/statement/"])
def test_a_visitor_is_asked_to_sign_in(db: None, path: str) -> None:
    assert Client().get(path).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("act", ["open", "{id}/use", "{id}/top-up", "{id}/reset"])
def test_a_visitor_changes_nothing(alice: Trader, act: str) -> None:
    before = alice.wallet
    assert Client().post(f"/wallet/{act.format(id=before.id)}/").headers["Location"].startswith("/accounts/login/")
    assert alice.wallet == before


@pytest.mark.parametrize("act", ["top-up", "reset"])
def test_the_buttons_bring_the_wallet_to_ten_thousand(alice: Trader, browser: Client, act: str) -> None:
    change(alice, "-33.33")
    assert "9,966.67" in shown(browser, "/wallet/")
    assert browser.post(f"/wallet/{alice.wallet.id}/{act}/").headers["Location"] == "/wallet/"
    assert alice.wallet.balance == 10000


@pytest.mark.parametrize("act", ["top-up", "reset", "use"])
@pytest.mark.parametrize("id", ["{bob}", "0", "9" * 30])
def test_another_persons_wallet_is_not_found(alice: Trader, bob: Trader, browser: Client, act: str, id: str) -> None:
    assert browser.post(f"/wallet/{id.format(bob=bob.wallet.id)}/{act}/").status_code == 404


def test_a_refusal_is_told_on_the_page(alice: Trader, browser: Client) -> None:
    response = browser.post(f"/wallet/{alice.wallet.id}/top-up/", follow=True)
    assert "has the amount of a top-up" in response.content.decode()
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(timezone.now()))
    change(alice, "-1")
    browser.post(f"/wallet/{alice.wallet.id}/top-up/")
    assert alice.wallet.balance == 9999


def test_there_is_no_switch_and_nothing_to_open_where_there_is_no_real_money(browser: Client) -> None:
    page = shown(browser, "/wallet/")
    assert 'data-book="demo"' in page
    assert page.count('data-book="real"') == page.count('data-book="real" hidden')
    assert "wallet-switch" not in page
    assert "Open a wallet" not in page


@pytest.mark.usefixtures("_real_money")
def test_a_real_wallet_opens_and_is_used_only_when_chosen(alice: Trader, stage: Stage, browser: Client) -> None:
    assert "Open a wallet" in shown(browser, "/wallet/")
    browser.post("/wallet/open/", {"currency": "USDT"})
    assert f'"wallet": {alice.wallet.id}' in shown(browser, "/")

    chosen = browser.post(f"/wallet/{alice.real_wallet.id}/use/", {"next": "/history/"})
    assert chosen.headers["Location"] == "/history/"
    page = shown(browser, "/")
    assert f'"wallet": {alice.real_wallet.id}' in page
    header = page[page.index("<header") : page.index("</header")]
    assert 'data-book="real"' in header
    assert header.count("wallet-switch") == 2  # wide screens: in the header; narrow ones: in the menu

    browser.post(f"/wallet/{alice.wallet.id}/use/")
    assert f'"wallet": {alice.wallet.id}' in shown(browser, "/")


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(alice: Trader, browser: Client, following: str) -> None:
    response = browser.post(f"/wallet/{alice.wallet.id}/use/", {"next": following})
    assert response.headers["Location"] == "/wallet/"


@pytest.mark.parametrize("currency", ["", "EUR", "usdt", "BTC", "\0", "U" * 5000])
@pytest.mark.usefixtures("_real_money")
def test_no_other_wallet_opens(alice: Trader, browser: Client, currency: str) -> None:
    assert browser.post("/wallet/open/", {"currency": currency}).status_code in (302, 400)
    assert alice.user.wallets.count() == 1


def test_the_statement_shows_each_line_with_the_balance_after_it(alice: Trader, stage: Stage, browser: Client) -> None:
    trade = alice.place(stake="12.50")
    page = shown(browser, "/wallet/statement/").partition("<tbody")[2]
    for text in ("Stake held", "Demo money granted", "+12.50", "+10,000.00", f"reference={trade.id}"):
        assert text in page
    assert page.index("Stake held") < page.index("Demo money granted")
    assert f"/api/v1/wallets/{alice.wallet.id}/statement.csv" in page


def lines(client: Client, query: str) -> int:
    return shown(client, f"/wallet/statement/?{query}").count("data-row=")


def test_the_filters_narrow_the_lines_and_the_exports(alice: Trader, stage: Stage, browser: Client) -> None:
    alice.place(stake="1")
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    alice.place(at=NOON + timedelta(seconds=1), stake="2")
    assert [lines(browser, query) for query in ("", "kind=stake", "kind=grant", "kind=payout")] == [3, 2, 1, 0]
    days = [lines(browser, query) for query in ("since=2026-03-01", "until=2026-03-01", "since=2026-03-02")]
    assert days == [3, 3, 0]
    page = shown(browser, "/wallet/statement/?kind=stake&since=2026-03-01&until=2026-03-01")
    assert "statement.csv?kind=stake&amp;since=2026-03-01T00%3A00%3A00Z&amp;until=2026-03-02T00%3A00%3A00Z" in page


def test_a_day_is_the_readers_own_day(alice: Trader, browser: Client) -> None:
    change(alice, "1")  # 12:00 UTC is 02:00 of the next day in Kiritimati
    alice.user.time_zone = "Pacific/Kiritimati"
    alice.user.save()
    assert [lines(browser, query) for query in ("until=2026-03-01", "since=2026-03-02")] == [0, 2]


@pytest.mark.parametrize(
    "query",
    [
        "kind=x",
        "since=x",
        "since=2026-13-01",
        "until=9999-12-31",
        "since=0001-01-01",
        "reference=x",
        "reference=%00",
        "since=2026-03-02&until=2026-03-01",
    ],
)
def test_a_wrong_filter_is_named_and_shows_nothing(alice: Trader, browser: Client, query: str) -> None:
    page = shown(browser, f"/wallet/statement/?{query}")
    assert 'class="problem"' in page
    assert "data-row=" not in page


@pytest.mark.parametrize(
    "query", ["wallet={bob}", "wallet=x", "wallet=0", "before=x", "before=-1", "before=" + "9" * 30]
)
def test_what_is_not_there_is_not_found(alice: Trader, bob: Trader, browser: Client, query: str) -> None:
    assert browser.get(f"/wallet/statement/?{query.format(bob=bob.wallet.id)}").status_code == 404


def test_long_statements_have_pages(alice: Trader, browser: Client) -> None:
    for _ in range(60):
        change(alice, "0.01")
    first = shown(browser, "/wallet/statement/?kind=adjustment")
    assert first.count("data-row=") == 50
    older = first[first.index("before=") :].split('"')[0]
    assert lines(browser, f"kind=adjustment&{older}") == 10
