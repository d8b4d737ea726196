"""The containers of Compose as a place for rollouts: the commands that reach Docker."""

import json
import sys
from pathlib import Path

import pytest

from deploy.ct.compose import Compose
from deploy.ct.console import Console
from deploy.ct.keys import keep_secrets
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.rollout.compose import Containers
from deploy.ct.rollout.rolling import restart
from deploy.ct.rollout.state import Colour, Serving
from deploy.ct.settings import Settings

RECORDER = """#!{python}
import pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "commands").open("a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
if "--services" in sys.argv:
    sys.stdout.write("beat\\nfeed\\nworker\\n")
if "run" in sys.argv and (here / "fails").exists():
    sys.exit("EMAIL_URL is not set")
if "ps" in sys.argv:
    sys.stdout.write((here / "containers").read_text())
"""
SERVES = Serving(Colour.BLUE, "two")


@pytest.fixture
def place(tmp_path: Path) -> Containers:
    """The programs `docker` and `docker compose` are others' here: one that writes down how it was called."""
    program = tmp_path / "docker"
    program.write_text(RECORDER.format(python=sys.executable))
    program.chmod(0o755)
    variables = {"CT_ENGINE": str(program), "CT_COMPOSE": f"{program} compose", "CT_PROJECT": "x"}
    settings = Settings("development", tmp_path, variables)
    return Containers(settings, Compose(settings, Console(as_json=False, dry=False), "two"))


def run(place: Containers, *containers: tuple[str, str, str, str]) -> None:
    """Lets these run: service, name, release, state."""
    told = [
        {"Service": service, "Name": name, "Image": f"cryptotrader:{release}", "State": state, "Health": ""}
        for service, name, release, state in containers
    ]
    (place.settings.state / "containers").write_text("\n".join(map(json.dumps, told)))


def commands(place: Containers) -> list[str]:
    text = (place.settings.state / "commands").read_text()
    return [line for line in text.splitlines() if " ps " not in line]


@pytest.mark.process
def test_servers_of_the_right_release_stay_as_they_are_when_they_are_started_again(place: Containers) -> None:
    run(
        place,
        ("web", "x-web-1", "two", "running"),
        ("web", "x-web-2", "two", "exited"),
        ("stream", "x-stream-1", "one", "running"),
        ("web-green", "x-web-green-1", "one", "running"),
        ("settler", "x-settler-1", "one", "running"),
    )
    place.start(SERVES, {"web": 2, "stream": 1})
    removed = [line for line in commands(place) if line.startswith("rm ")]
    assert removed == ["rm --force x-web-2 x-stream-1"]
    [started] = [line for line in commands(place) if " up " in line]
    assert started.endswith("up --detach --no-deps --no-recreate --scale=web=2 --scale=stream=1 web stream")
    # Without clients they may begin anew: Compose does it with those of other settings or secrets.
    place.start(SERVES, {"web": 2, "stream": 1}, idle=True)
    started = [line for line in commands(place) if " up " in line][-1]
    assert started.endswith("up --detach --no-deps --scale=web=2 --scale=stream=1 web stream")


@pytest.mark.process
def test_a_failure_of_a_single_command_is_noticed_and_its_container_goes(place: Containers) -> None:
    run(place)
    compose = place.compose
    compose.migrate("two")
    (place.settings.state / "fails").touch()
    for act in (compose.migrate, compose.check_deployment):
        with pytest.raises(Stopped, match="ended with 1: EMAIL_URL is not set"):
            act("two")
    told = [line for line in commands(place) if " run " in line or line.startswith("rm ")]
    assert told[0::3] == told[2::3] == ["rm --force x-once"] * 3
    # With `--rm` some engines tell 0 of every container.
    assert all(" run -T --no-deps --name x-once " in line for line in told[1::3])


@pytest.mark.process
def test_nothing_begins_where_nothing_runs_or_a_container_could_not_start_again(place: Containers) -> None:
    secrets = place.settings.state / "secrets"
    keep_secrets(secrets)
    (place.settings.state / "nginx").mkdir()
    (place.settings.state / "nginx" / "nginx.conf").touch()
    run(place, ("web", "x-web-1", "two", "exited"))
    with pytest.raises(Stopped, match="nothing runs here: `ct up` starts everything"):
        place.prepare()
    run(place, ("web", "x-web-1", "two", "running"))
    place.prepare()
    for name, remedy in (("database_url_settler", "`ct up` writes it again"), ("encryption_keys", "put it back")):
        (secrets / name).unlink()
        with pytest.raises(Stopped, match=f"{name} is missing.*{remedy}"):
            place.prepare()
        assert not (secrets / name).exists()


@pytest.mark.process
def test_a_single_feed_gets_a_second_one_while_it_restarts(place: Containers) -> None:
    run(place, ("feed", "x-feed-1", "two", "running"), ("worker", "x-worker-1", "two", "running"))
    for service in ("feed", "worker"):
        restart(place, service, "two", 1)
    done = [line for line in commands(place) if " up " in line or line.startswith("restart")]
    assert [line.partition("--no-recreate ")[2] or line for line in done] == [
        "--scale=feed=2 feed",
        "restart -t 40 x-feed-1",
        "--scale=feed=1 feed",
        "restart -t 40 x-worker-1",
    ]


@pytest.mark.process
def test_prometheus_gets_the_running_containers_with_their_colours(place: Containers) -> None:
    run(
        place,
        ("web", "x-web-1", "two", "running"),
        ("web-green", "x-web-green-1", "one", "running"),
        ("web-green", "x-web-green-2", "one", "exited"),
        ("backup", "x-backup-4", "two", "running"),
        ("postgres", "x-postgres-1", "17", "running"),
    )
    place.write_targets()
    told = json.loads((place.settings.state / "targets" / "cryptotrader.yml").read_text())
    assert {(group["labels"].get("colour"), *group["targets"]) for group in told} == {
        (None, "x-backup-4:9100"),
        ("blue", "x-web-1:8000"),
        ("green", "x-web-green-1:8000"),
    }


@pytest.mark.process
def test_logs_of_an_unknown_service_are_refused_in_one_line(place: Containers) -> None:
    with pytest.raises(Stopped, match=r"^there is no service nobody, only beat, feed, worker$") as stopped:
        place.compose.logs(["beat", "nobody"], follow=False, lines=1)
    assert stopped.value.code == Exit.USAGE
