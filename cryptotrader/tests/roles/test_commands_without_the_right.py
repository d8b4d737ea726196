"""A command that runs with another login than its own says so in one line: it takes a missing right for no outage."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands

from cryptotrader.tests.roles.logins import acting_as
from monitoring.domain.privileges import Role
from trading.tests.cast import SYMBOL, Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]

ARGUMENTS: dict[str, list[str]] = {
    "create_api_key": ["alice@example.com", "--name", "mine", "--scope", "trade"],
    "export_trades": ["--user", "alice@example.com"],
    "prune_prices": ["--before", "2026-02"],
    "rebuild_candles": ["--since", "2026-03-01"],
    "set_instrument_status": [SYMBOL, "paused", "--reason", "wrong prices"],
    "vouch_for_email": ["alice@example.com"],
}
OTHERS = {
    "run_feed": "it runs until a signal",
    "backup": "its own tests run it with other logins",
    "check_health": "it tells of each login's faults",
}


def ended(name: str) -> CommandError | None:
    """How a command has ended; None if it had all rights, or found faults."""
    try:
        call_command(name, *ARGUMENTS.get(name, []), stdout=StringIO(), stderr=StringIO())
    except CommandError as error:
        return error
    except SystemExit:
        pass
    return None


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.APP, "rebuild_candles"),
        (Role.FEED, "reconcile_ledger"),
        (Role.FEED, "export_trades"),
        (Role.FEED, "load_people"),
        (Role.SETTLER, "set_instrument_status"),
    ],
)
def test_the_right_is_named(stage: Stage, role: Role, name: str) -> None:
    with acting_as(role):
        error = ended(name)
    assert error is not None
    assert (error.returncode, str(error).partition(": permission denied for ")[0]) == (
        1,
        "this login of the database lacks the right",
    )
    assert "\n" not in str(error)


@pytest.mark.refusals
def test_no_command_ends_in_a_traceback_or_tells_of_an_outage(stage: Stage) -> None:
    ours = {name for name, room in get_commands().items() if room in ("accounts", "trading", "monitoring")}
    with acting_as(Role.FEED):
        ends = {name: ended(name) for name in sorted(ours - set(OTHERS))}
    assert [name for name, error in ends.items() if error and (error.returncode == 4 or "\n" in str(error))] == []
