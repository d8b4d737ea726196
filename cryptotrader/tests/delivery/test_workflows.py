"""The workflows of continuous integration run on GitHub; what can be held here is that they call what exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cryptotrader.local.home import ROOT
from deploy.ct.__main__ import parser

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def _steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text())["jobs"]
    return [step for job in jobs.values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_command_of_ours_exists(path: Path) -> None:
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = [step["run"] for step in _steps(path) if "run" in step]
    called = [name for command in commands for name in re.findall(r"\bmake ([a-z0-9-]+)", command)]
    files = [name for command in commands for name in re.findall(r"(?<![\w/])(\.ci/\w+|deploy/bin/\w+)", command)]
    assert called or files
    assert set(called) <= set(targets)
    assert all((ROOT / name).exists() for name in files)


@pytest.mark.parametrize("action", ["deploy", "smoke", "rollback"])
def test_ct_understands_the_options_that_the_deployment_gives_it(action: str) -> None:
    text = (ROOT / ".github/workflows/deploy.yml").read_text()
    [words] = re.findall(rf'deploy/bin/ct ({action} .*)"$', text, re.MULTILINE)
    options = parser().parse_args(words.replace("'", "").split())
    assert (options.action, options.env) == (action, "$TARGET")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    used = [step["uses"] for step in _steps(path) if "uses" in step]
    assert all(re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", name) for name in used)


def test_only_what_has_passed_everything_is_deployed() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    checks = set(jobs) - {"image", "staging", "production"}
    assert set(jobs["image"]["needs"]) == checks
    for name, branch in {"staging": "develop", "production": "main"}.items():
        assert jobs[name]["needs"] == ["image"]
        assert f"refs/heads/{branch}" in jobs[name]["if"]
