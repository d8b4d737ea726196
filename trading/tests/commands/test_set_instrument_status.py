import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from trading.models import Instrument
from trading.tests.cast import SYMBOL, open_stage

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = StringIO()
    call_command("set_instrument_status", *words, stdout=out)
    return out.getvalue().strip()


def test_it_pauses_and_opens() -> None:
    open_stage()
    assert run(SYMBOL, "paused", "--reason", "a venue is down") == "paused: BTC-USDT"
    assert Instrument.objects.get().status_reason == "a venue is down"
    assert run(SYMBOL, "paused", "--reason", "a venue is down") == "paused: nothing changed"
    assert json.loads(run(SYMBOL, "open", "--json")) == {"status": "open", "changed": ["BTC-USDT"]}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["NO-USDT", "open"], "there is no such instrument: NO-USDT"),
        ([SYMBOL, "paused"], "--reason: a reason is required"),
        ([SYMBOL, "closed"], "invalid choice"),
        ([SYMBOL], "required"),
    ],
)
def test_it_says_what_is_wrong(words: list[str], error: str) -> None:
    open_stage()
    with pytest.raises(CommandError, match=error):
        run(*words)
    assert Instrument.objects.get().status == "open"
