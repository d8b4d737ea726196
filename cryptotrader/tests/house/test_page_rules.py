"""The rules of pages notice what breaks them; `people/test_form_pages.py` reads every page by them."""

import pytest

from cryptotrader.tests.support.page_rules import Page

SENT_ONCE = '<script type="module" src="/static/built/page.js"></script>'
FINE = [
    '<button type="button" hidden>Copy</button>',
    '<fieldset disabled><div><button type="button">Up</button></div></fieldset>',
    '<template><button type="button">×</button></template>',
    '<dialog><form method="dialog"><button>Close</button></form></dialog>',
    f'{SENT_ONCE}<form method="post" novalidate><input name="amount"><br><button>Go on</button></form>',
    '<form method="post" action="/x/" data-passkey="get" hidden><button>Use a passkey</button></form>' + SENT_ONCE,
    '<form action="/" novalidate><input type="email" autocomplete="username"><input type="password"></form>',
    '<th class="number">Fee</th><p translate="no"><b class="up number">1</b></p>',
]
FAULTS = {
    '<button type="button">Copy</button>': "it looks ready",
    "<form><input type=radio><button>Up</button></form>": "it looks ready",
    '<form method="post" data-passkey="get" novalidate><button>Go on</button></form>' + SENT_ONCE: "it looks ready",
    '<fieldset disabled></fieldset><button type="button">Up</button>': "it looks ready",
    '<form method="post" novalidate><button>Go on</button></form>': "a form may be sent twice",
    '<form action="/"><input name="amount"></form>': "the browser validates it",
    '<form action="/" novalidate><input type="number"></form>': "the browser reads its number",
    '<b class="up number">1</b>': "a translation would change it",
    "<dd data-wallet-held>1</dd>": "a translation would change it",
    '<form action="/" novalidate><input type="password"></form>': "a password whose owner isn't named",
    SENT_ONCE + SENT_ONCE: "is loaded twice",
    '<link rel="stylesheet" href="/a.css">' * 2: "is loaded twice",
}


@pytest.mark.parametrize("html", FINE)
def test_they_let_pass_what_keeps_them(html: str) -> None:
    assert Page.of(html).faults == []


@pytest.mark.parametrize("html", FAULTS)
def test_they_name_what_breaks_them(html: str) -> None:
    assert any(FAULTS[html] in fault for fault in Page.of(html).faults)
