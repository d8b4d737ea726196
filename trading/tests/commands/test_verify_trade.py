import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.tests.cast import NOON
from trading.domain.proof.jws import public_jwk
from trading.models import DailyDigest, FlashTrade, SigningKey
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.prove_trade import prove_trade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.chains import steady
from trading.tests.proofs import proof_of, signed
from trading.tests.script import run_script
from trading.tests.services.proof.test_prove_trade import as_superuser


@pytest.fixture
def trade(stage: Stage, alice: Trader) -> FlashTrade:
    placed = alice.place()
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] + ["60000.01"] * 62)
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=61))
    return placed


@pytest.fixture
def saved(trade: FlashTrade, tmp_path: Path) -> Path:
    proof = prove_trade(trade_id=trade.pk, user_id=None, issuer="https://example.com", now=NOON + timedelta(minutes=2))
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof.as_json()))
    return file


def run(command: str, *arguments: object) -> tuple[str, int]:
    """The command's output, and its exit code."""
    out = StringIO()
    try:
        call_command(command, *map(str, arguments), stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def test_a_stored_trade_and_a_saved_proof_agree(trade: FlashTrade, saved: Path) -> None:
    assert run("verify_trade", trade.pk) == (f"{NOTE}All agrees\n", 0)
    assert run("verify_trade", saved) == (f"{NOTE}All agrees\n", 0)
    printed, code = run("verify_trade", saved, "--json")
    assert (json.loads(printed)["agrees"], code) == (True, 0)


NOTE = "Note: the digest of BTC-USDT of 2026-03-01 was not published yet when the proof was made\n"


def test_a_discrepancy_is_told_and_exits_with_3(trade: FlashTrade, saved: Path) -> None:
    as_superuser("flash_trades", "UPDATE flash_trades SET outcome = 'lost', profit = -stake")
    printed, code = run("verify_trade", trade.pk)
    assert "DISAGREES (outcome): outcome is lost, by the rules and prices it is won" in printed
    assert code == 3
    printed, code = run("verify_trade", trade.pk, "--json")
    assert ([fault["code"] for fault in json.loads(printed)["faults"]], code) == (["outcome", "outcome"], 3)
    saved.write_text(signed(proof_of(steady())))
    assert "DISAGREES (signature)" in run("verify_trade", saved)[0]


@pytest.mark.parametrize("named", [uuid4(), "no/such/file", "/dev/null"])
def test_what_cannot_be_checked_exits_with_1(db: None, named: object) -> None:
    assert run("verify_trade", named)[1] == 1


def test_an_open_trade_cannot_be_checked_yet(stage: Stage, alice: Trader) -> None:
    assert run("verify_trade", alice.place().pk)[1] == 1


@pytest.mark.process
def test_the_script_runs_alone(saved: Path, tmp_path: Path) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [public_jwk(key) for key in public_keys()]}))
    good = run_script(saved, "--jwks", keys)
    assert (good.returncode, good.stderr) == (0, "")
    assert "Entry 60000.00, exit 60000.01: won, profit 85.00" in good.stdout
    assert good.stdout.endswith("All agrees\n")

    saved.write_text(saved.read_text().replace('"profit": "85.00"', '"profit": "95.00"'))
    bad = run_script(saved, "--jwks", keys, "--json")
    assert (bad.returncode, json.loads(bad.stdout)["faults"][0]["code"]) == (3, "signature")
    assert run_script(saved).returncode == 2
    assert run_script("/no/such/file", "--jwks", keys).returncode == 1
    assert run_script("/dev/null", "--jwks", keys).returncode == 1
    assert run_script(saved, "--jwks", saved).returncode == 1


def test_digests_are_published_from_the_shell(stage: Stage) -> None:
    printed, code = run("publish_digests", "--json", "--limit", "2")
    assert (len(json.loads(printed)), code) == (2, 0)
    printed, _ = run("publish_digests", "--limit", "1")
    assert printed.startswith("2026-03-03 BTC-USDT")
    assert DailyDigest.objects.count() == 3


def test_keys_are_rotated_from_the_shell(db: None) -> None:
    first, _ = run("rotate_keys")
    second, _ = run("rotate_keys", "--json")
    assert json.loads(second)["kid"] == SigningKey.objects.get(retired_at=None).kid != first.strip()
