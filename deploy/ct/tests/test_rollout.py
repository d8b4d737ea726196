"""`ct deploy` and `ct rollback`, with real processes behind a real nginx, also when they are killed."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.start.certificate import certificate
from deploy.ct.outcome import Exit
from deploy.ct.rollout.state import Colour, Serving, Step
from deploy.ct.tests.proxied import NGINX
from deploy.ct.tests.quick_site import QUICK, deployed, services, tiny_site
from deploy.ct.tls import keep_certificate
from deploy.load.interrupt import interrupt
from deploy.load.site import Site

pytestmark = [pytest.mark.process, pytest.mark.long, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]
LONG = [step for step in Step if step not in (Step.DRAIN, Step.RETIRE)]


@pytest.fixture
def site() -> Iterator[Site]:
    with tiny_site() as made:
        yield made


class Visitor:
    """Asks the site fifty times a second, and counts the answers. More would only take the servers' time."""

    def __init__(self, site: Site) -> None:
        self.answers: Counter[object] = Counter()
        # One for all requests: each time it would read the settings and the certificate anew.
        self._web, self._stop = site.web, threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> "Visitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._stop.wait(0.02):
            try:
                answer = self._web.get("/")
                self.answers[answer.body["release"] if answer.status == 200 else answer.status] += 1
            except OSError as error:
                self.answers[repr(error)] += 1


def killed_at(site: Site, step: Step, *words: str) -> None:
    """Runs `ct` and kills it as soon as it has begun a step. The last two may be over before the signal comes."""
    process = site.ct(*words, wait=False)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"==> {step}:"):
            process.kill()
            break
    process.communicate()
    over = () if step in LONG else (Exit.DONE,)
    assert process.returncode in (-9, *over), f"{step} was not reached"


def child(site: Site, name: str) -> int:
    """The process that a keeper keeps."""
    keeper = int((site.state / "run" / name / "pid").read_text())
    [own] = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    return int(own)


def test_it_goes_on_after_it_was_killed_at_any_step_and_nobody_notices(site: Site) -> None:
    assert deployed(site, "one") == Exit.DONE, site.last
    live, other = "one", "two"
    with Visitor(site) as visitor:
        for step in (step for step in Step if step is not Step.CANARY):
            killed_at(site, step, "deploy", "--release", other, *QUICK)
            assert site.journal.operation is not None or step not in LONG
            if site.journal.operation is not None:
                assert deployed(site, other) == Exit.DONE, (step, site.last)
            live, other = other, live
            assert site.journal.operation is None
            assert site.journal.live is not None
            assert site.journal.live.release == live
            assert site.web.get("/").body["release"] == live
            assert services(site)["beat one"] + services(site)["beat two"] == 1
    assert set(visitor.answers) == {"one", "two"}, visitor.answers


def test_one_deployment_outlives_a_kill_at_each_of_its_steps(site: Site) -> None:
    assert deployed(site, "one") == Exit.DONE, site.last
    with Visitor(site) as visitor:
        words = ("deploy", "--release", "two", "--canary", *QUICK)
        code, met = interrupt(site.command(*words), site.environ)
    assert code == Exit.DONE
    assert met[: len(LONG)] == LONG  # the last two may be over before the signal comes
    assert set(visitor.answers) == {"one", "two"}, visitor.answers
    assert site.journal.live == Serving(Colour.GREEN, "two")
    assert services(site)["beat two"] == 1
    assert services(site)["beat one"] == 0


def test_a_killed_deployment_can_be_rolled_back_at_any_step(site: Site) -> None:
    assert deployed(site, "one") == Exit.DONE, site.last
    with Visitor(site) as visitor:
        for step in (Step.START, Step.SWITCH, Step.BACKGROUND, Step.RETIRE):
            killed_at(site, step, "deploy", "--release", "two", *QUICK)
            assert site.ct("rollback", *QUICK).returncode == Exit.DONE, (step, site.last)
            assert site.journal.operation is None
            assert site.journal.live == Serving(Colour.BLUE, "one")
            assert site.web.get("/").body["release"] == "one"
            assert {name.partition(" ")[2] for name in services(site)} == {"one"}
    assert {answer for answer in visitor.answers if not isinstance(answer, str)} == set(), visitor.answers


def test_servers_that_were_not_to_be_kept_have_ended_also_after_a_kill(site: Site) -> None:
    assert deployed(site, "one", "--no-keep") == Exit.DONE, site.last
    for step, goal, ended in ((Step.DRAIN, "two", "one"), (Step.RETIRE, "one", "two")):
        killed_at(site, step, "deploy", "--release", goal, "--no-keep", *QUICK)
        assert deployed(site, goal) == Exit.DONE, site.last  # without the option: the deployment has kept it
        assert {name.partition(" ")[2] for name in services(site)} == {goal}, step
        assert f"{ended} has ended" in site.last or f"{goal} serves already" in site.last
    assert deployed(site, "two", "--no-keep") == Exit.DONE, site.last
    assert "two serves in green; one has ended: `ct rollback` starts it again" in site.last
    assert site.ct("rollback", *QUICK).returncode == Exit.DONE, site.last
    assert "one serves in blue; two is kept in green" in site.last


def test_a_release_that_fails_leaves_the_one_before(site: Site) -> None:
    assert deployed(site, "one") == Exit.DONE, site.last
    assert deployed(site, "unmigratable") == Exit.FAILED
    assert "one serves" in site.last
    with Visitor(site) as visitor:
        assert deployed(site, "broken", "--canary", "--watch-seconds", str(PATIENCE_SECONDS)) == Exit.FAILED
    assert "requests failed" in site.last
    assert site.journal.live == Serving(Colour.BLUE, "one")
    assert 0 < visitor.answers[500] < visitor.answers["one"]
    assert site.web.get("/").body["release"] == "one"
    assert {name.partition(" ")[2] for name in services(site)} == {"one"}


def test_it_rolls_scales_and_rolls_back_without_a_failed_request(site: Site) -> None:
    assert deployed(site, "one") == Exit.DONE, site.last
    with Visitor(site) as visitor:
        assert site.ct("scale", "web=3", *QUICK).returncode == Exit.DONE, site.last
        assert services(site)["web one"] == 3
        assert site.ct("scale", "web=1", "settler=2", *QUICK).returncode == Exit.DONE, site.last
        assert (services(site)["web one"], services(site)["settler one"]) == (1, 2)
        before = {path: path.read_text() for path in site.state.glob("run/*/pid")}
        assert site.ct("roll", *QUICK).returncode == Exit.DONE, site.last
        after = {path: path.read_text() for path in before if path.with_name("record.json").exists()}
        assert all(after[path] != before[path] for path in after)
        assert deployed(site, "two") == Exit.DONE, site.last
        told = site.ct("--json", "rollback", *QUICK)
        assert told.returncode == Exit.DONE, site.last
        assert json.loads(site.last.splitlines()[0])["live"] == {"colour": "blue", "release": "one"}
        assert services(site)["settler one"] == 2
        # `two` is kept with its servers, which have the old keys.
        keys = site.state / "secrets" / "encryption_keys"
        new = f"{'n' * 48},{keys.read_text()}"
        keys.write_text(new)
        assert site.ct("roll", "web", *QUICK).returncode == Exit.DONE, site.last
        assert site.web.get("/").body == {"release": "one", "key": new, "faults": []}
        assert site.ct("rollback", *QUICK).returncode == Exit.DONE, site.last
        assert site.web.get("/").body == {"release": "two", "key": new, "faults": []}
    assert set(visitor.answers) == {"one", "two"}, visitor.answers
    assert services(site)["settler two"] == 2
    assert not [path for path in site.state.glob("run/*/record.json") if "n" * 48 in path.read_text()]
    keep_certificate(site.state / "tls", certificate(["localhost"]))
    with (site.state / "settings.env").open("a") as file:
        file.write("FEED_REPLICAS=2\n")
    assert site.ct("up").returncode == Exit.DONE, site.last
    assert site.web.get("/").body["release"] == "two"  # by the authority of the new certificate
    assert services(site)["feed two"] == 2
    assert site.ct("up", "--release", "one").returncode == Exit.USAGE
    assert site.ct("up", "--monitoring").returncode == Exit.USAGE


def test_releases_with_the_same_packages_share_an_environment_that_ct_makes(site: Site) -> None:
    settings = site.state / "settings.env"
    settings.write_text(settings.read_text().replace(f"CT_PYTHON={sys.executable}", "CT_PYTHON="))
    for release in ("one", "two"):
        assert deployed(site, release) == Exit.DONE, site.last
    [environment] = (site.state / "environments").iterdir()
    words = Path(f"/proc/{child(site, 'web-green-1')}/cmdline").read_bytes().split(b"\0")
    assert words[0].decode() == f"{environment}/bin/python"


def test_one_at_a_time_and_a_plan_that_changes_nothing(site: Site) -> None:
    assert deployed(site, "one") == Exit.DONE, site.last
    running = site.ct("deploy", "--release", "two", *QUICK, wait=False)
    assert running.stderr is not None
    next(line for line in running.stderr if line.startswith("==>"))
    assert site.ct("rollback").returncode == Exit.LOCKED
    running.communicate()
    assert site.ct("--dry-run", "rollback").returncode == Exit.DONE
    assert "switch: send all clients to one" in site.last
    assert site.journal.live == Serving(Colour.GREEN, "two")
    assert site.ct("scale", "beat=2").returncode == Exit.USAGE
    assert site.ct("roll", "nothing").returncode == Exit.USAGE
    assert site.ct("deploy", "--release", "unknown").returncode == Exit.USAGE
    assert "==> back: two serves on, in green" in site.last
