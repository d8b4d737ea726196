"""Staff of each role at their work in the back office, in both languages, on a desktop and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.domain.approvals.requests import Role
from cryptotrader.tests.journeys.conftest import Hire, Visit
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.staff import a_failed_backup, number_of
from cryptotrader.tests.journeys.test_readers import FOR_AXE, PHONE, violations

CLIPPED = """
    [...document.querySelectorAll('.office-listing, .panel-scroll')].some((list) => list.scrollWidth > list.clientWidth)
"""


def test_support_finds_a_person_writes_a_note_and_asks_to_freeze(hire: Hire, sign_up: Visit) -> None:
    trader, sue = sign_up(), hire(Role.SUPPORT)
    number_of(trader, sue)
    sue.get_by_label("A new note").fill("lost her telephone")
    sue.get_by_role("button", name="Keep the note").click()
    expect(sue.locator(".notes")).to_contain_text("lost her telephone")
    sue.get_by_role("link", name="Freeze an account").click()
    sue.get_by_label("Reason").fill("her telephone was stolen")
    sue.get_by_role("button", name="Ask for approval").click()
    expect(sue.locator(".messagelist")).to_contain_text("Another member of staff has to approve it")

    rick = hire(Role.RISK, "/admin/work/")
    piece = rick.locator("tr", has_text="her telephone was stolen")
    piece.get_by_role("button", name="Take").click()
    expect(rick.locator("tr", has_text="her telephone was stolen")).to_contain_text("Leave to others")
    rick.get_by_role("link", name="Freeze an account").first.click()
    rick.get_by_role("button", name="Approve").click()
    expect(rick.locator(".approval-state")).to_contain_text("executed")
    trader.goto("/wallet/")
    expect(trader).to_have_url(re.compile("/accounts/login/"))


def test_two_people_adjust_a_balance(hire: Hire, sign_up: Visit) -> None:
    trader, fay = sign_up(), hire(Role.FINANCE)
    number = number_of(trader, fay)
    fay.get_by_role("link", name="Adjust a balance").click()
    fay.get_by_label(re.compile("Amount")).fill("-0.50")
    fay.get_by_label("Reason").fill("counted twice")
    fay.get_by_role("button", name="Ask for approval").click()
    request = fay.url
    rick = hire(Role.RISK, request)
    rick.get_by_role("button", name="Approve").click()
    expect(rick.locator(".approval-state")).to_contain_text("executed")
    rick.goto(f"/admin/accounts/user/{number}/change/")
    expect(rick.locator("main")).to_contain_text("9,999.50 USDT")


def test_risk_finds_a_trade_by_half_an_id_and_changes_a_payout(hire: Hire, sign_up: Visit) -> None:
    trader, rick = sign_up(), hire(Role.RISK)
    trader.locator("[data-direction=up][aria-disabled=false]").click()
    expect(trader.locator("[data-list] .trade")).to_have_count(1)
    trade = trader.request.get("/api/v1/flash-trades").json()["results"][0]["id"]
    rick.goto(f"/admin/search/?q={trade[:13]}")
    rick.locator(".found a", has_text=trade[:13]).first.click()
    expect(rick.locator("main")).to_contain_text(trade)
    rick.locator("main a.email").click()
    expect(rick.locator("main")).to_contain_text(trade[:13])
    rick.wait_for_load_state()  # its text is there before its styles are
    assert not rick.evaluate(CLIPPED)

    rick.goto("/admin/trading/payoutversion/add/?instrument=XRP-USDT")
    rick.get_by_label("Payout rate").fill("0.80")
    rick.get_by_label("Reason").fill("a quiet market")
    rick.get_by_role("button", name="Show what it changes").click()
    expect(rick.locator("main")).to_contain_text("54.05 % → 55.56 %")
    rick.get_by_role("button", name="Make this the next version").click()
    expect(rick.locator(".messagelist")).to_contain_text("XRP-USDT: version 2 is scheduled")


def test_the_operator_pauses_and_traders_read_why_in_their_language(hire: Hire, sign_up: Visit) -> None:
    otto = hire(Role.OPERATOR, "/admin/trading/instrument/status/?symbol=ETH-USDT")
    otto.get_by_role("button", name="Set the status").click()
    expect(otto.locator("main")).to_contain_text("Traders read it: say why.")
    otto.get_by_label("Reason in English").fill("a venue is down")
    otto.get_by_label("Reason in Korean").fill("거래소 장애")
    otto.get_by_role("button", name="Set the status").click()
    expect(otto.locator(".messagelist")).to_contain_text("1 instrument changed.")
    bora = sign_up("/trade/ETH-USDT/", locale="ko-KR")
    expect(bora.locator("[data-state=paused]")).to_contain_text("거래소 장애")
    told = bora.request.get("/api/v1/instruments").json()
    paused = next(each for each in told["results"] if each["symbol"] == "ETH-USDT")
    assert (paused["status_reason"], paused["status_reason_ko"]) == ("a venue is down", "거래소 장애")
    otto.goto("/admin/trading/instrument/status/?symbol=ETH-USDT&status=open")
    otto.get_by_role("button", name="Set the status").click()
    expect(otto.locator(".messagelist")).to_contain_text("1 instrument changed.")


def test_an_auditor_takes_the_trades_out_and_the_audit_tells(hire: Hire) -> None:
    art = hire(Role.AUDITOR, "/admin/trading/flashtrade/")
    with art.expect_download() as started:
        art.get_by_role("button", name="CSV").click()
    assert started.value.suggested_filename == "flashtrade.csv"
    art.goto("/admin/accounts/listexport/")
    expect(art.locator("#result_list")).to_contain_text("flashtrade")


PAGES = (
    "/admin/", "/admin/work/", "/admin/accounts/user/", "/admin/accounts/user/1/change/", "/admin/trading/flashtrade/",
    "/admin/trading/instrument/", "/admin/trading/instrument/1/change/", "/admin/trading/instrument/exposure/",
    "/admin/accounts/auditevent/", "/admin/accounts/approvalrequest/", "/admin/search/?q=ali",
)  # fmt: skip


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_axe_finds_nothing_in_the_back_office(hire: Hire, locale: str) -> None:
    rick = hire(Role.RISK, locale=locale, **FOR_AXE)
    for path in PAGES:
        rick.goto(path)
        assert violations(rick) == [], path


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_the_back_office_overflows_no_phone_and_no_desktop(hire: Hire, locale: str) -> None:
    phone, desktop = hire(Role.RISK, locale=locale, **PHONE), hire(Role.RISK, locale=locale)
    for path in PAGES:
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") == 360, path
        desktop.goto(path)
        assert desktop.evaluate("document.documentElement.scrollWidth") == 1440, path
        assert not desktop.evaluate(CLIPPED), path
    phone.goto("/admin/")
    phone.locator(".office-menu-open").click()
    phone.locator("#office-nav a[href='/admin/trading/flashtrade/']").click()
    expect(phone.locator("h1")).to_be_visible()


def test_the_language_is_switched_in_the_back_office(hire: Hire) -> None:
    page = hire(Role.SUPPORT)
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("h1")).to_have_text("오늘")
    for path in ("/admin/accounts/user/", "/admin/trading/flashtrade/", "/admin/accounts/ledgeraccount/"):
        page.goto(path)
        heads = " ".join(page.locator("#result_list thead th").all_inner_texts())
        assert not re.search("[a-z]{3,}", heads), heads


def test_the_operator_takes_an_alert_and_answers_it(hire: Hire, site: Site) -> None:
    with a_failed_backup(site):
        otto, rick = hire(Role.OPERATOR, "/admin/work/"), hire(Role.RISK, "/admin/work/")
        alert = otto.locator("tr", has_text="The last backup failed")
        alert.get_by_role("button", name="Take").click()  # the open page shows the alert by itself
        expect(alert).to_contain_text("Leave to others")
        expect(rick.locator("tr", has_text="The last backup failed")).to_contain_text("Take over")
        alert.get_by_role("link", name="Answer").click()
        otto.get_by_label("What you found and did").fill("   ")
        otto.get_by_role("button", name="Close the alert").click()
        expect(otto.locator(".messagelist")).to_contain_text("visible characters")
        otto.get_by_label("What you found and did").fill("the disk was full; it has room again")
        otto.get_by_role("button", name="Close the alert").click()
        for page in (otto, rick):
            queue = page.locator("section", has=page.get_by_role("heading", name="Alerts to look at"))
            expect(queue.locator(".notes")).to_contain_text("the disk was full; it has room again")
            expect(queue.locator("tr", has_text="The last backup failed")).to_have_count(0)


def test_an_announcement_comes_to_open_pages_and_goes_when_it_is_withdrawn(hire: Hire, sign_up: Visit) -> None:
    trader, bora = sign_up(), sign_up("/", locale="ko-KR")
    otto = hire(Role.OPERATOR, "/admin/accounts/announcement/add/")
    otto.get_by_label("Kind").select_option("maintenance")
    otto.get_by_label("Text in English").fill("We move at noon")
    otto.get_by_label("Text in Korean").fill("정오에 옮깁니다")
    otto.get_by_label("Until").fill("2099-01-01 12:00")
    before = trader.locator("[data-direction=up]").bounding_box()
    otto.get_by_role("button", name="Announce").click()
    expect(trader.locator("[data-announcement]")).to_have_text("Maintenance: We move at noon")
    expect(bora.locator("[data-announcement]")).to_have_text("점검: 정오에 옮깁니다")
    assert trader.locator("[data-direction=up]").bounding_box() == before
    otto.get_by_role("link", name="We move at noon").click()
    otto.get_by_role("button", name="Withdraw").click()
    expect(trader.locator("[data-announcement]")).to_have_count(0)
    expect(bora.locator("[data-announcement]")).to_have_count(0)
