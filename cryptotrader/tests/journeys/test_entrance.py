"""The pages between sign-up and first login, checked by axe and on a small phone."""

import uuid

import pytest
from playwright.sync_api import Page

from accounts.tests.cast import PASSWORD
from cryptotrader.tests.journeys.conftest import Visit
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.test_readers import FOR_AXE, PHONE, too_small, violations

PAGES = ["confirm-email/", "confirm-email/resend/", "confirm-email/forged/", "password/reset/", "login/", "inactive/"]


def faults(page: Page) -> list[str]:
    overflow = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return violations(page) + too_small(page) + (["it overflows"] if overflow else [])


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_everybody_can_come_in_and_choose_a_new_password(visit: Visit, site: Site, locale: str) -> None:
    email, new = f"{uuid.uuid4().hex}@example.com", "quite another password"
    page = visit("/accounts/signup/", locale=locale, **PHONE, **FOR_AXE)
    for path in PAGES:
        page.goto(f"/accounts/{path}")
        assert faults(page) == [], path

    page.goto("/accounts/signup/")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/confirm-email/")
    page.goto(site.link_mailed_to(email))
    assert faults(page) == []

    page.goto("/accounts/password/reset/")
    page.fill("[name=email]", email)
    page.click("main button[type=submit]")
    page.wait_for_url("**/reset/done/")
    assert faults(page) == []
    page.goto(site.link_mailed_to(email, "/password/reset/key/"))
    assert faults(page) == []
    page.fill("[name=password1]", new)
    page.fill("[name=password2]", new)
    page.click("main button[type=submit]")
    page.wait_for_url("**/reset/key/done/")
    assert faults(page) == []
