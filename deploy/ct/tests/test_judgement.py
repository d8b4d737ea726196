"""The parts of a deployment that are only values: the journal, the canary's judge, the routes, the plan, the log."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.ct.__main__ import main
from deploy.ct.host.sockets import connections_to
from deploy.ct.outcome import Exit
from deploy.ct.rollout.canary import Figures, Limits, fault, figures
from deploy.ct.rollout.log import Request, requests_in
from deploy.ct.rollout.plan import plan
from deploy.ct.rollout.stage import Server, Traffic
from deploy.ct.rollout.state import STEPS, Colour, Journal, Operation, Serving, State, Step
from deploy.ct.rollout.traffic import choice, pools

ONE, TWO = Serving(Colour.BLUE, "one"), Serving(Colour.GREEN, "two")
UNDER_WAY = State(
    live=ONE, background="one", scale={"web": 3}, operation=Operation(TWO, ONE, STEPS, Step.CANARY, back=True)
)
WELL = Figures(requests=100, errors=0, p95_seconds=0.1)


def test_the_journal_tells_what_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.read() == State()
    for state in (UNDER_WAY, State(live=TWO, kept=ONE, background="two"), State()):
        assert journal.write(state) == journal.read() == state


def test_a_journal_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "development"
    state.mkdir()
    Journal(state).write(UNDER_WAY)
    path = state / "deployment.json"
    written = path.read_text()
    newer = json.dumps({**json.loads(written), "shards": 2})
    for text, code, told in (
        (newer, Exit.USAGE, "has 'shards', which this ct doesn't know: a newer ct wrote it; use `deploy/bin/ct` of"),
        (written[:40], Exit.FAILED, "can't be read: "),
        (written.replace('"canary"', '"hop"'), Exit.FAILED, "can't be read: "),
        ("[]", Exit.FAILED, "can't be read: it is no object"),
    ):
        path.write_text(text)
        assert (
            main(["--dry-run", "deploy", "--release", "one"], {"CT_HOME": str(tmp_path), "CT_BACKEND": "host"}) == code
        )
        err = capsys.readouterr().err
        assert err.startswith(f"ct: {path} {told}")
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("canary", "verdict"),
    [
        (WELL, None),
        (replace(WELL, errors=1), None),  # a single one is chance
        (Figures(300, 3, 0.1), None),  # 1 percent is allowed
        (Figures(299, 3, 0.1), "3 of 299 requests failed, more than 1.0 %"),
        (Figures(2, 2, 0.1), "2 of 2 requests failed, more than 1.0 %"),
        (replace(WELL, p95_seconds=1.0), None),
        (replace(WELL, p95_seconds=1.01), "p95 is 1.01 s, more than 1.00 s"),
        (Figures(19, 0, 9.0), None),  # too few for a verdict about times
    ],
)
def test_a_canary_is_judged_by_its_errors_and_its_times(canary: Figures, verdict: str | None) -> None:
    assert fault(canary, WELL, Limits()) == verdict


def test_a_bad_minute_of_both_is_no_fault_of_the_canary() -> None:
    failing = replace(WELL, errors=4)
    assert fault(replace(WELL, errors=8), failing, Limits()) is None
    assert fault(replace(WELL, errors=9), failing, Limits()) == "9 of 100 requests failed, more than 8.0 %"
    slow = replace(WELL, p95_seconds=2.0)
    assert fault(replace(WELL, p95_seconds=5.9), slow, Limits()) is None
    assert fault(replace(WELL, p95_seconds=6.1), slow, Limits()) is not None


def test_the_log_tells_the_requests_of_each_colour_since_a_moment() -> None:
    lines = [
        '{"time":"2026-03-01T12:00:00+00:00","pool":"web_green","status":200,"seconds":0.5}',
        'nginx-1  | {"time":"2026-03-01T12:00:09+00:00","pool":"web_green","status":502,"seconds":0.1}',
        '{"time":"2026-03-01T21:00:10+09:00","pool":"web_blue","status":200,"seconds":0.2}',
        '{"time":"2026-03-01T12:00:10+00:00","pool":"","status":301,"seconds":0.0}',
        '{"time":"2026-03-01T12:00:11+00:00","pool":"web_gre',
    ]
    since = 1772366405.0  # 12:00:05
    seen = requests_in("\n".join(lines), since)
    assert seen == [Request("web_green", 502, 0.1), Request("web_blue", 200, 0.2)]
    assert figures(seen, "green") == Figures(1, 1, 0.1)
    assert figures([], "green") == Figures(0, 0, 0.0)


def test_the_routes_have_the_share_of_the_canary_first() -> None:
    split = choice(Traffic(Colour.BLUE, Colour.GREEN, 25))
    assert "split_clients $client_number $web_pool {\n    25% web_green;\n    * web_blue;\n}" in split
    assert "Secure; HttpOnly" in split
    whole = choice(Traffic(Colour.GREEN))
    assert "blue" not in whole
    assert "Secure" not in whole
    servers = [(Colour.BLUE, Server("web", f"web-{number}", f"h:{number}")) for number in (1, 2)]
    assert pools(servers, without=frozenset({"web-1"})) == {"web_blue": ["h:2"]}


def test_a_plan_tells_each_step_and_how_an_unfinished_deployment_ends() -> None:
    assert plan("deploy", State(), "one")[-1].startswith("background:")
    assert "switch: send all clients to two" in plan("deploy", State(live=ONE), "two")
    assert plan("deploy", State(live=ONE), "one") == ["one serves already: start what is missing of it"]
    assert plan("rollback", State(live=ONE), "") == ["there is no release before this one"]
    assert plan("rollback", UNDER_WAY, "") == ["end the unfinished deployment of two: one serves again"]
    assert plan("deploy", UNDER_WAY, "two")[0] == "end the unfinished deployment of two: one serves again"
    assert UNDER_WAY.operation is not None
    going_on = replace(UNDER_WAY, operation=replace(UNDER_WAY.operation, back=False))
    assert plan("deploy", going_on, "two")[:2] == ["go on with two", "canary: try two out on a share of the clients"]


def test_only_established_connections_to_the_port_count(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_text(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1\n"
        "   1: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 12 1\n"
        "   2: 0100007F:C350 0100007F:1F40 01 00000000:00000000 00:00000000 00000000     0        0 13 1\n"
        "   3: 0100007F:1F40 0100007F:C351 06 00000000:00000000 00:00000000 00000000     0        0 0 1\n"
    )
    assert connections_to(8000, [table]) == 1
