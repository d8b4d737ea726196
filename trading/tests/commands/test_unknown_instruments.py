"""A command that takes an instrument refuses an unknown one: a misspelt name is no instrument without trades."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from trading.tests.cast import SYMBOL, Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "command",
    [
        ["settle_due_trades", "NOPE"],
        ["settle_due_trades", SYMBOL, "NOPE", "--json"],
        ["settle_due_trades", "NOPE", "--dry-run"],
        ["export_trades", "--instrument", "NOPE"],
        ["set_instrument_status", SYMBOL, "NOPE", "paused", "--reason", "wrong prices"],
    ],
    ids=" ".join,
)
def test_an_unknown_instrument_is_refused(stage: Stage, command: list[str]) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="there is no such instrument: NOPE") as caught:
        call_command(*command, stdout=out)
    assert (caught.value.returncode, out.getvalue()) == (1, "")
    stage.instrument.refresh_from_db()
    assert stage.instrument.status == "open"
