"""`ct` without a Docker: settings, secrets, files, and the order of its steps."""

import ast
import json
import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest

from deploy.ct import files, up
from deploy.ct.__main__ import main, parser
from deploy.ct.backend import KEPT, Instance
from deploy.ct.compose import SERVICES
from deploy.ct.console import Console
from deploy.ct.keys import GIVEN, keep_secrets
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.proxy import fill
from deploy.ct.releases import (
    note_release,
    release_to_start,
    running_parts,
    running_release,
    version,
    wanted_release,
)
from deploy.ct.settings import DEPLOY, ROOT, Settings, environments, load
from deploy.ct.status import faults_of
from deploy.ct.targets import container, expected, instance_hosts, write_exporters, write_targets
from deploy.ct.upstreams import upstreams


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_needs_nothing_but_python() -> None:
    for path in (path for path in (DEPLOY / "ct").rglob("*.py") if "tests" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"deploy"}, path


def test_secrets_are_made_once_and_belong_to_the_operator(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"
    made = keep_secrets(directory)
    before = {path.name: path.read_text() for path in directory.iterdir()}
    assert len({before[name] for name in made}) == len(made) > 8
    assert min(len(before[name]) for name in made) >= 48
    assert [before[name] for name in GIVEN] == [""] * len(GIVEN)
    assert before["postgres_feed_password"] in before["database_url_feed"]
    assert (mode(directory), mode(directory / "secret_key")) == (0o700, 0o644)
    (directory / "email_url").write_text("smtp://given")
    (directory / "postgres_feed_password").write_text("another")
    assert keep_secrets(directory) == []
    assert (
        directory / "database_url_feed"
    ).read_text() == "postgresql://cryptotrader_feed:another@postgres:5432/cryptotrader"
    assert (directory / "email_url").read_text() == "smtp://given"
    assert (directory / "secret_key").read_text() == before["secret_key"]
    # What a site has sealed no other key opens.
    (directory / "encryption_keys").unlink()
    with pytest.raises(Stopped, match="encryption_keys is missing or short: put it back") as refused:
        keep_secrets(directory, deployed=True)
    assert refused.value.code == Exit.USAGE
    assert not (directory / "encryption_keys").exists()


def test_a_killed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert files.write(path, "old")
    (tmp_path / ".x.part").write_text("half")  # of a ct that was killed
    assert path.read_text() == "old"
    assert files.write(path, "new")
    assert not files.write(path, "new")
    assert [item.name for item in tmp_path.iterdir()] == ["x"]


@pytest.mark.process
def test_two_cts_do_not_meet_and_a_killed_one_keeps_nobody_out(tmp_path: Path) -> None:
    command = (
        "import sys, time; from pathlib import Path; from deploy.ct import files; "
        "lock = files.locked(Path(sys.argv[1])); lock.__enter__(); print(1, flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", command, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    with other:
        assert other.stdout is not None
        other.stdout.readline()
        with (
            pytest.raises(Stopped, match=f"another ct works on .* \\(pid {other.pid}\\)") as refused,
            files.locked(tmp_path),
        ):
            pass
        assert refused.value.code == Exit.LOCKED
        other.kill()
    with files.locked(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


class Recorded:
    """Notes what is asked of a place."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def __getattr__(self, name: str) -> object:
        def note(*_: object, **__: object) -> str:
            self.steps.append(name)
            return json.dumps({"authority": "A", "key": "K", "certificate": "C"}) if name == "certificate" else "2.30"

        return note


STEPS = ["check", "obtain", "certificate", "start_stores", "migrate", "start", "reload_proxy"]


def console(*, dry: bool = False) -> Console:
    return Console(dry=dry, out=StringIO(), err=StringIO())


def start(settings: Settings, place: Recorded, told: Console, parts: Sequence[str] = ()) -> None:
    up.up(settings, place, told, "1.0", parts)  # type: ignore[arg-type]  # it notes every call


def test_up_takes_the_steps_in_order_and_takes_none_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "wait_until_ready", lambda settings: None)
    settings = load("development", {"CT_HOME": str(tmp_path)})
    place, told = Recorded(), console()
    start(settings, place, told, ["monitoring"])
    assert place.steps == STEPS
    assert (running_release(settings), running_parts(settings)) == ("1.0", ["monitoring"])
    assert (settings.state / "tls" / "site.key").read_text() == "K"
    assert mode(settings.state) == 0o700
    assert "Ready: https://localhost:8443/" in told.out.getvalue()  # type: ignore[attr-defined]
    again = Recorded()
    start(settings, again, console())
    assert again.steps == [step for step in STEPS if step != "certificate"]


def test_outside_development_the_settings_are_checked_before_anything_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "wait_until_ready", lambda settings: None)
    place = Recorded()
    start(load("staging", {"CT_HOME": str(tmp_path), "SITE_URL": "https://a.example"}), place, console())
    assert place.steps[-3:] == ["check_deployment", "start", "reload_proxy"]


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    told = console(dry=True)
    start(load("development", {"CT_HOME": str(tmp_path)}), Recorded(), told)
    assert list(tmp_path.iterdir()) == []
    assert told.out.getvalue() == ""  # type: ignore[attr-defined]


@pytest.mark.process
def test_a_refusal_is_one_line_and_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"CT_HOME": str(tmp_path), "CT_ENGINE": "no-such-docker"}
    assert main(["up", "--release", "1.0"], environ) == Exit.DEPENDENCY
    assert main(["--env", "production", "status"], environ) == Exit.USAGE
    assert main(["up", "--release", "a b"], environ) == Exit.USAGE
    without_docker = {"CT_HOME": str(tmp_path), "CT_ENGINE": "false", "CT_COMPOSE": "false"}
    for words in (["status"], ["logs", "web"], ["manage", "check"], ["up"]):
        assert main(words, without_docker) == Exit.DEPENDENCY, words
    on_host = {"CT_HOME": str(tmp_path), "CT_BACKEND": "host"}
    assert main(["logs", "nobody"], on_host) == Exit.USAGE
    assert capsys.readouterr().err.count("\n") == 8


@pytest.mark.process
def test_a_release_is_named_by_the_checkout_unless_it_is_given(tmp_path: Path) -> None:
    settings = Settings("development", tmp_path, {"CRYPTOTRADER_TAG": "2.0"})
    assert (wanted_release(settings, "1.0"), wanted_release(settings, None)) == ("1.0", "2.0")
    assert wanted_release(Settings("development", tmp_path), None).startswith("0.1.0")
    note_release(settings, "1.9")
    assert release_to_start(Settings("development", tmp_path), None).startswith("0.1.0")
    production = Settings("production", tmp_path)
    assert (release_to_start(production, None), release_to_start(production, "2.1")) == ("1.9", "2.1")


def test_what_is_missing_or_ill_is_a_fault() -> None:
    well = [Instance(name, f"x-{name}-1", "running", "healthy") for name in SERVICES if name != "beat"]
    wanted = dict.fromkeys(SERVICES, 1)
    assert faults_of([*well, Instance("beat", "x-beat-1", "running", "")], wanted) == []
    kept = Instance("beat", "x-beat-2", "running", KEPT)
    found = faults_of([*well, kept, Instance("web", "x-web-2", "exited", "")], wanted | {"settler": 2})
    assert found == ["settler: 1 of 2 run", "beat: nothing runs", "x-web-2: exited"]


def test_a_template_with_an_unknown_word_is_refused() -> None:
    assert fill("a {{ b }} $c {d}", {"b": "1"}) == "a 1 $c {d}"
    with pytest.raises(Stopped, match="unknown words: x"):
        fill("{{ x }}", {})


def test_the_upstreams_name_every_server_and_may_be_asked_for_again() -> None:
    text = upstreams({"web": ["a:1", "b:2"], "stream": ["c:3"]}, resolver="127.0.0.11")
    assert text.count("server ") == 3
    assert "server b:2 resolve max_fails=3" in text
    assert "resolve" not in upstreams({"web": ["a:1"]})
    assert "default blue;" in upstreams({"web": ["a:1"]}, choice='map "" $web_pool {\n    default blue;\n}')


def test_prometheus_asks_each_container_and_knows_its_colour(tmp_path: Path) -> None:
    settings = Settings("staging", tmp_path, {"CT_PROJECT": "x", "SETTLER_REPLICAS": "1"})
    write_exporters(tmp_path, "flash.example")
    write_targets(tmp_path, [*expected(settings), container("web-green", "x-web-green-3")])
    groups = json.loads((tmp_path / "cryptotrader.yml").read_text())
    found = {(group["labels"]["service"], group["labels"].get("colour")): group["targets"] for group in groups}
    assert found["web", "blue"] == ["x-web-1:8000", "x-web-2:8000"]
    assert found["web", "green"] == ["x-web-green-3:8000"]
    assert found["settler", None] == ["x-settler-1:9100"]
    assert "x-web-green-3" in instance_hosts(settings)
    (site,) = json.loads((tmp_path / "site.yml").read_text())
    assert site["labels"]["__param_hostname"] == "flash.example"
    jobs = {path.name for path in (DEPLOY / "prometheus" / "targets").glob("*.yml")}
    assert {path.name for path in tmp_path.glob("*.yml")} == jobs


def test_common_options_may_stand_before_or_after_the_command() -> None:
    for words in (["--env", "staging", "--json", "up"], ["up", "--env", "staging", "--json"]):
        options = parser().parse_args(words)
        assert (options.env, options.json, options.dry_run) == ("staging", True, False)


def test_every_environment_has_a_file() -> None:
    assert environments() == ["development", "production", "staging"]


def test_the_sources_have_one_version() -> None:
    assert (ROOT / "VERSION").read_text().strip() == version(ROOT)
