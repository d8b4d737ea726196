import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from cryptotrader.tests.cast import NOON, SYMBOL, Stage, Trader
from trading.domain.jws import canonical, public_jwk, sign
from trading.domain.proof import TYP, ProofUnreadable
from trading.domain.reading_proofs import read_proof
from trading.domain.terms import Direction
from trading.domain.verification import verify
from trading.models import DailyDigest, FlashTrade, SigningKey
from trading.selectors.proofs import public_keys
from trading.services.prove_trade import prove_trade
from trading.services.replay_trade import replay_trade
from trading.services.settle_due_trades import settle_due_trades
from trading.tests.closing import ask, at, open_one
from trading.tests.proofs import JWKS, KEYS, PRIVATE, SCRIPT, Json, load_script, proof_of, signed, steady
from trading.tests.services.test_prove_trade import as_superuser


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
    """What it prints, and its exit code."""
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


NOTE = "Note: the digest of 2026-03-01 was not published yet when the proof was made\n"


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


def run_script(*arguments: object) -> Any:
    """As a trader does, in a Python that knows nothing of the platform."""
    call = [sys.executable, "-I", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False, cwd="/")


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


@pytest.fixture
def sold(stage: Stage, alice: Trader) -> FlashTrade:
    """Closed early, a few seconds after its entry."""
    scene, trade = open_one(stage, alice, direction=Direction.DOWN)
    scene.go_to(47)
    ask(trade, now=at(47.5), min_price="50")
    scene.go_to(49, "59990.00")
    scene.go_to(52)
    trade.refresh_from_db()
    assert trade.outcome == "sold"
    return trade


def proven(trade: FlashTrade) -> Json:
    """What would be signed."""
    content = prove_trade(trade_id=trade.pk, user_id=None, issuer="https://example.com", now=at(300)).content
    return dict(json.loads(json.dumps(content)))


def faults_of(proof: Json) -> tuple[set[str], set[str]]:
    """The codes of what disagrees, by the platform and by the script."""
    script = load_script()
    report = script.Report()
    script.check_proof(proof, report)
    return {code for code, _ in verify(read_proof(proof)).faults}, {code for code, _ in report.faults}


def test_a_sale_agrees(sold: FlashTrade) -> None:
    assert replay_trade(trade_id=sold.pk, now=at(300)).faults == []
    proof = proven(sold)
    assert [window["purpose"] for window in proof["windows"]] == ["entry", "sale"]
    assert faults_of(proof) == (set(), set())


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("sale", "500.00", "outcome"),
        ("sold_at_price", "60001.00", "outcome"),
        ("sold_priced_at", "2026-03-01T12:00:50Z", "outcome"),
        ("profit", "1.00", "outcome"),
        ("entry_price", "60000.00", "outcome"),
        ("exit_price", "60000.00", "outcome"),
        ("direction", "up", "outcome"),
        ("outcome", "won", "outcome"),
    ],
)
def test_a_forged_sale_is_found_by_both(sold: FlashTrade, member: str, value: str, code: str) -> None:
    proof = proven(sold)
    proof["trade"][member] = value
    by_platform, by_script = faults_of(proof)
    assert code in by_platform & by_script


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("asked_at", "2026-03-01T12:00:46.500000Z", "terms"),
        ("asked_at", "2026-03-01T12:01:30.500000Z", "terms"),
        ("close_at", "2026-03-01T12:00:48Z", "terms"),
        ("min_price", "180.00", "outcome"),
    ],
)
def test_a_forged_close_order_is_found_by_both(sold: FlashTrade, member: str, value: str, code: str) -> None:
    proof = proven(sold)
    proof["trade"]["close"] = proof["closes"][0] | {member: value}
    proof["closes"] = [proof["trade"]["close"]]
    by_platform, by_script = faults_of(proof)
    assert code in by_platform & by_script


def test_a_sale_without_its_close_order_cant_be_read(sold: FlashTrade) -> None:
    proof = proven(sold)
    del proof["trade"]["close"]
    with pytest.raises(ProofUnreadable):
        read_proof(proof)
    script = load_script()
    with pytest.raises(script.Unreadable):
        script.check_proof(proof, script.Report())


@pytest.fixture
def kept(stage: Stage, alice: Trader) -> FlashTrade:
    """Asked for twice, too dear the first time and without a price the second, and settled at its expiry."""
    scene, trade = open_one(stage, alice, direction=Direction.DOWN)
    scene.go_to(47)
    ask(trade, now=at(47.5), min_price="80")
    scene.go_to(49, "60100.00")
    scene.go_to(60)
    ask(trade, now=at(60.5))
    scene.skip_to(65)
    scene.go_to(110)
    trade.refresh_from_db()
    assert [order.lapse_reason for order in trade.close_orders.all()] == ["no-price", "below-minimum"]
    return trade


def test_a_close_order_that_lapsed_is_proven_too(kept: FlashTrade) -> None:
    proof = proven(kept)
    assert [window["purpose"] for window in proof["windows"]] == ["entry", "sale", "exit"]
    assert faults_of(proof) == (set(), set())


def close_as(**changes: object) -> Callable[[Json], object]:
    return lambda proof: proof["closes"][0].update(changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (close_as(min_price="1.00"), "outcome"),
        (close_as(offer="1.00"), "outcome"),
        (close_as(lapse_reason="no-price", offer=None), "outcome"),
        (close_as(state="sold", lapse_reason=None), "outcome"),
        (lambda proof: proof["closes"].pop(), "terms"),
        (lambda proof: proof["closes"].reverse(), "terms"),
        (lambda proof: proof["windows"].pop(1), "window"),
        (lambda proof: proof["windows"][1]["prices"].pop(), "window"),
    ],
)
def test_a_lapse_that_the_prices_dont_make_is_found_by_both(
    kept: FlashTrade, change: Callable[[Json], object], code: str
) -> None:
    proof = proven(kept)
    change(proof)
    by_platform, by_script = faults_of(proof)
    assert by_platform == by_script
    assert code in by_platform


def answered(tmp_path: Path, document: str, jwks: object = JWKS) -> Any:
    """What the script says to a document of the platform's own key."""
    (tmp_path / "jwks.json").write_text(json.dumps(jwks))
    (tmp_path / "proof.json").write_text(document, encoding="utf-8")
    answer = run_script(tmp_path / "proof.json", "--jwks", tmp_path / "jwks.json")
    assert "Traceback" not in answer.stderr
    return answer


def with_trade(**changes: object) -> str:
    proof = proof_of(steady())
    proof["trade"] |= changes
    return signed(proof)


def with_kid(kid: object) -> str:
    return sign(proof_of(steady()), private=PRIVATE, typ=TYP).replace(
        jws_part({"alg": "EdDSA", "kid": next(iter(KEYS)), "typ": TYP}), jws_part({"alg": "EdDSA", "kid": kid})
    )


def jws_part(content: object) -> str:
    return base64.urlsafe_b64encode(canonical(content)).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (with_kid(["x"]), 3),
        (with_kid({"x": 1}), 3),
        (with_trade(id=None), 1),
        (with_trade(id="\ud800"), 0),
        ("\ufeff" + with_trade(), 0),
        (signed(proof_of(steady())).replace('"version": 1', '"version": true', 1), 3),
        (signed(proof_of(steady())).replace('"duration": 60', '"duration": 60.0', 1), 3),
        (signed(proof_of(steady()) | {"version": True}), 1),
        (signed(proof_of(steady()) | {"version": 1.0}), 1),
        (json.dumps({"proof": None, "jws": json.loads(with_trade())["jws"]}), 3),
    ],
)  # fmt: skip
def test_a_strange_document_is_answered(tmp_path: Path, document: str, code: int) -> None:
    assert answered(tmp_path, document).returncode == code


def test_what_is_signed_cant_draw_a_verdict(tmp_path: Path) -> None:
    answer = answered(tmp_path, with_trade(id="\x1b[2Jx\nAll agrees", profit="1.00"))
    assert answer.returncode == 3
    assert "\x1b" not in answer.stdout
    assert "All agrees" not in answer.stdout.splitlines()


def test_keys_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    others = [{"kty": "RSA", "kid": "r"}, {"kty": "EC", "crv": "P-256", "kid": "e"}, "x", *JWKS["keys"]]
    assert answered(tmp_path, with_trade(), {"keys": others}).returncode == 0
