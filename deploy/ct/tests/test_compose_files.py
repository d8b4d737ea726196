"""The compose files: what a container may do, which login and which secrets it has, and that Compose takes them."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.ct import failover
from deploy.ct.keys import MOUNTS, digests, keep_secrets
from deploy.ct.settings import DEPLOY, OWN, ROOT, variables_of_compose
from deploy.ct.targets import REPLICAS


class _Loader(yaml.SafeLoader):
    """Knows the tags by which an overlay replaces what the base has, instead of adding to it."""


def _tagged(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


for _tag in ("!reset", "!override"):
    _Loader.add_constructor(_tag, _tagged)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # a safe loader
    return found


COMPOSE = read(DEPLOY / "compose.yml")
OVERLAYS = sorted(DEPLOY.glob("compose.*.yml"))
HA = read(DEPLOY / "compose.ha.yml")["services"]


def docker_compose() -> list[str]:
    """The command of a real Compose: CT_COMPOSE, or Docker's; empty where there is none."""
    command = shlex.split(os.environ.get("CT_COMPOSE", "docker compose"))
    if shutil.which(command[0]) is None:
        return []
    return command if subprocess.run([*command, "version"], capture_output=True, check=False).returncode == 0 else []


REAL = docker_compose()
OURS = (*REPLICAS, "migrate", "backup")


@pytest.mark.process
@pytest.mark.skipif(not REAL, reason="there is no Docker Compose: CT_COMPOSE names one")
def test_compose_takes_the_files_with_each_overlay(tmp_path: Path) -> None:
    given = {
        "CT_STATE": str(tmp_path),
        "CT_DEPLOY": str(DEPLOY),
        "CRYPTOTRADER_TAG": "1.0",
        "SITE_URL": "https://a.example",
    }
    mails = {"EMAIL_PROVIDER": "smtp", "EMAIL_FROM": "a@a.example"}
    base = ["--file", str(DEPLOY / "compose.yml")]
    backup = ["--file", str(DEPLOY / "compose.backup.yml")]
    for path in [None, *OVERLAYS]:
        beside = backup if path and path.stem == "compose.archive" else []
        overlay = [*beside, "--file", str(path)] if path else []
        command = [*REAL, *base, *overlay, "config", "--quiet"]
        done = subprocess.run(
            command, env={**os.environ, **given, **mails}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), overlay


def test_compose_mounts_the_secrets_that_are_made_and_no_others(tmp_path: Path) -> None:
    keep_secrets(tmp_path / "secrets", ha=True)
    mounted = [read(path).get("secrets") or {} for path in [DEPLOY / "compose.yml", *OVERLAYS]]
    names = {Path(secret["file"]).name for secrets in mounted for secret in secrets.values()}
    assert names <= {path.name for path in (tmp_path / "secrets").iterdir()}


def test_a_changed_secret_makes_new_containers_of_those_that_mount_it(tmp_path: Path) -> None:
    """A container goes on with the file that it began with, Redis too: its health check had the new password."""
    keep_secrets(tmp_path)
    for label, names in MOUNTS.items():
        seen = [digests(tmp_path)[label]]
        for name in names:
            (tmp_path / name).write_text(f"{label} {name}")
            seen.append(digests(tmp_path)[label])
        assert len(set(seen)) == len(seen)
    checked = 0
    for path in [DEPLOY / "compose.yml", *OVERLAYS]:
        for name, service in read(path)["services"].items():
            made_elsewhere = {"extends", "image"} & service.keys() != {"image"}  # it has the label of there
            if (path.stem == "compose.ha" and name != "redis-queue-2") or "secrets" not in service:
                continue  # Patroni and sentinels keep their own passwords: docs/deployment.md
            label = COMPOSE["services"]["worker"]["labels"] if made_elsewhere else service["labels"]
            variable = label["cryptotrader.secrets"].removeprefix("${").removesuffix(":-}")
            sources = {secret["source"] if isinstance(secret, dict) else secret for secret in service["secrets"]}
            assert sources - {"redis_queue_node"} <= set(MOUNTS[variable]), name
            checked += 1
    assert checked > len(REPLICAS) + len(MOUNTS)


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_container_can_do_little(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert ("cap_add" in service) == (name == "postgres")
    assert name == "migrate" or {"limits", "reservations"} <= service["deploy"]["resources"].keys()
    assert name == "migrate" or service["restart"] == "unless-stopped"
    assert "privileged" not in service
    assert name == "nginx" or "ports" not in service
    assert (service["networks"] == ["edge"]) == (name == "nginx")


@pytest.mark.parametrize("name", ["postgres", *failover.SERVICES])
def test_a_store_that_stands_in_for_another_can_do_little(name: str) -> None:
    service = HA[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert not service.get("cap_add")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert "ports" not in service
    assert service["healthcheck"]["test"]
    assert {"limits", "reservations"} <= service["deploy"]["resources"].keys()
    is_of_redis = name.startswith(("redis-", "sentinel-"))
    assert sorted(service["networks"]) == (
        ["cluster", "data"] if name == "haproxy" else ["data"] if is_of_redis else ["cluster"]
    )


def test_nobody_waits_long_for_the_name_of_a_container_that_has_gone() -> None:
    asking = [HA[name] for name in HA if name.startswith(("postgres", "sentinel"))]
    asking += [COMPOSE["services"][name] for name in (*REPLICAS, "migrate")]
    for service in asking:
        told = dict(option.split(":") for option in service["dns_opt"])
        assert int(told["timeout"]) * int(told["attempts"]) <= 4


def test_programs_reach_postgresql_through_haproxy_alone() -> None:
    assert HA["haproxy"]["networks"]["data"]["aliases"] == ["postgres"]
    assert {"postgres", *failover.SERVICES} <= HA.keys()
    assert [name for name in HA if name.startswith("postgres") and "data" in HA[name]["networks"]] == []


def test_images_have_a_version_and_can_be_replaced() -> None:
    for path in [DEPLOY / "compose.yml", *OVERLAYS]:
        for name, service in read(path)["services"].items():
            image = service.get("image", "${X:-x:1}")
            assert image.startswith("${"), (path.name, name)
            assert "latest" not in image
            assert any(digit.isdigit() for digit in image) or "CRYPTOTRADER_TAG" in image


def test_each_process_has_its_own_login() -> None:
    logins = {
        name: next(
            item["source"] for item in service["secrets"] if isinstance(item, dict) and item["target"] == "database_url"
        )
        for name, service in COMPOSE["services"].items()
        if name in (*REPLICAS, "migrate")
    }
    expected = dict.fromkeys(REPLICAS, "database_url_app") | {
        "feed": "database_url_feed",
        "settler": "database_url_settler",
    }
    assert logins == {**expected, "migrate": "database_url_owner"}


def test_the_number_of_containers_is_that_of_the_compose_file() -> None:
    for service, number in REPLICAS.items():
        text = str(COMPOSE["services"][service]["deploy"].get("replicas", "${X:-1}"))
        assert text.endswith(f":-{number}}}"), service


def test_the_platform_knows_each_variable_that_it_is_given() -> None:
    known = set(re.findall(r"^#([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    overlays = [read(path)["services"] for path in OVERLAYS if path.stem != "compose.monitoring"]
    services = [
        service for found in [COMPOSE["services"], *overlays] for name, service in found.items() if name in OURS
    ]
    given = {name.removesuffix("_FILE") for service in services for name in service.get("environment", {})}
    assert len(given) > 30
    assert sorted(given - known) == []


def test_the_variables_of_ct_are_documented() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    sources = "".join(path.read_text() for path in (DEPLOY / "ct").rglob("*.py") if "tests" not in path.parts)
    read = set(re.findall(r"settings\.(?:get|require|whole|amount|port|words)\(\s*[\"']([A-Z_]+)[\"']", sources))
    assert "NGINX_STATUS_PORT" in read
    known = text + (ROOT / ".env.example").read_text()
    assert sorted(name for name in OWN if f"`{name}`" not in text) == []
    assert sorted(name for name in read if name not in known) == []
    understood = OWN | variables_of_compose()
    assert sorted(name for name in read if name.startswith(("CT_", "NGINX_")) and name not in understood) == []
