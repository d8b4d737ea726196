import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiKey, User
from accounts.services.access.keys.make_api_key import MadeKey
from accounts.tests.cast import NOON, Person
from accounts.tests.keys import SigningApi
from accounts.tests.rest_client import Api


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("create_api_key", *arguments, stdout=output, stderr=io.StringIO())
    return output.getvalue()


def test_it_prints_the_secret_and_nothing_else(alice: Person) -> None:
    token = run("ALICE@example.com", "--name", "bot", "--scope", "read").strip()
    assert Api(token=token).get("/api/v1/wallets").status == 200


def test_a_signing_key_as_json(alice: Person) -> None:
    printed = json.loads(run("alice@example.com", "--name", "bot", "--scope", "read", "--hmac", "--json"))
    assert (printed["mode"], printed["scopes"]) == ("hmac", ["read"])
    made = MadeKey(ApiKey.objects.get(), printed["secret"])
    assert SigningApi(made).get("/api/v1/wallets").status == 200


def test_a_key_with_limits(alice: Person) -> None:
    limits = ("--stake-max", "10", "--stake-a-day", "100.5", "--open-trades-max", "3")
    printed = json.loads(run("alice@example.com", "--name", "bot", "--scope", "trade", *limits, "--json"))
    assert (printed["stake_max"], printed["stake_a_day"], printed["open_trades_max"]) == ("10", "100.5", 3)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nobody@example.com", "--name", "bot", "--scope", "read"], 1),
        (["alice@example.com", "--name", "bot", "--scope", "withdraw"], 1),
        (["alice@example.com", "--name", 61 * "x", "--scope", "read"], 2),
        (["alice@example.com", "--name", "bot", "--scope", "read", "--network", "10.0.0.1/8"], 2),
        (["alice@example.com", "--name", "bot", "--scope", "read", "--expires", "tomorrow"], 2),
        (["alice@example.com", "--name", "bot", "--scope", "trade", "--stake-max", "x"], 2),
        (["alice@example.com", "--name", "bot", "--scope", "trade", "--open-trades-max", "1001"], 2),
        (["alice@example.com", "--name", "bot", "--scope", "read", "--stake-a-day", "5"], 2),
        (["alice@example.com", "--name", "bot", "--scope", "read", "--expires", "2001-01-01T00:00:00Z"], 2),
    ],
)
def test_it_says_by_its_exit_code_why_there_is_no_key(alice: Person, arguments: list[str], code: int) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == code
    assert not ApiKey.objects.exists()


def test_nobody_frozen_gets_one(alice: Person) -> None:
    User.objects.update(is_active=False, frozen_at=NOON)
    with pytest.raises(CommandError, match="account-frozen") as caught:
        run("alice@example.com", "--name", "bot", "--scope", "read")
    assert caught.value.returncode == 1
