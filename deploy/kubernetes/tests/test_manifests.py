"""The manifests of Kubernetes, rendered by our own reader, keep the rules of the platform."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from cryptotrader.start.commands import GRACE_SECONDS, Place, commands
from deploy.kubernetes.checks import Manifest, references, resources, title, workloads
from deploy.kubernetes.checks.render import render
from deploy.kubernetes.rules import WRITTEN, rule_of, sources
from monitoring.domain.privileges import Role
from trading.gateway.routes import ROUTES

HERE = Path(__file__).parents[1]
ROOT = HERE.parents[1]
OVERLAYS = ("staging", "production", "all")
BY_ANOTHER_PROGRAM = {"backup"}
"""Roles without a workload: here Barman makes the backups."""


@pytest.fixture(scope="module")
def rendered() -> dict[str, list[Manifest]]:
    return {name: list(render(HERE / "overlays" / name)) for name in OVERLAYS}


@pytest.fixture(scope="module")
def everything(rendered: dict[str, list[Manifest]]) -> list[Manifest]:
    return rendered["all"]


def named(manifests: list[Manifest], name: str) -> Manifest:
    return next(each for each in manifests if title(each) == name)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_keeps_the_rules(rendered: dict[str, list[Manifest]], overlay: str) -> None:
    manifests = rendered[overlay]
    assert len(manifests) > 40
    assert [*workloads.faults(manifests), *references.faults(manifests), *resources.faults(manifests)] == []
    titles = [(each["metadata"].get("namespace"), title(each)) for each in manifests]
    assert len(set(titles)) == len(titles)


def test_each_role_of_the_image_has_its_workload(everything: list[Manifest]) -> None:
    roles = {*commands(Place("0.0.0.0", 8000, Path())), "migrate"} - BY_ANOTHER_PROGRAM
    found = references.roles_of(everything)
    assert set(found) == roles
    assert {role: names for role, names in found.items() if len(names) > 1} == {
        "web": ["web", "web-canary"],
        "stream": ["stream", "stream-canary"],
    }


def test_each_setting_is_one_that_the_platform_reads(everything: list[Manifest]) -> None:
    known = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)) | {"POD_IP"}
    for process, names in references.settings_of(everything).items():
        assert names - known == set(), process
        assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "REDIS_QUEUE_URL", "SITE_URL"} <= names, process


def test_a_process_has_the_login_of_its_job(everything: list[Manifest]) -> None:
    logins = {}
    for workload in filter(workloads.is_ours, workloads.workloads(everything)):
        secrets = [each["secret"]["secretName"] for each in workloads.pod_of(workload)["volumes"] if "secret" in each]
        logins[workload["metadata"]["name"]] = [each for each in secrets if each.startswith("cryptotrader-database")]
    assert logins.pop("migrate") == ["cryptotrader-database-owner"]
    assert logins.pop("feed") == ["cryptotrader-database-feed"]
    assert logins.pop("settler") == ["cryptotrader-database-settler"]
    assert set(map(tuple, logins.values())) == {("cryptotrader-database-app",)}
    made = {each["name"] for each in named(everything, "Cluster/postgres")["spec"]["managed"]["roles"]}
    assert made == {f"cryptotrader_{role}" for role in Role}


def test_processes_stop_as_the_manifests_expect(everything: list[Manifest]) -> None:
    assert f"GRACE_SECONDS={GRACE_SECONDS}\n" in (HERE / "base" / "settings.env").read_text()
    for name in ("web", "stream", "web-canary", "stream-canary"):
        pod = workloads.pod_of(named(everything, f"Deployment/{name}"))
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] >= pause + GRACE_SECONDS + 5
    assert named(everything, "Deployment/beat")["spec"]["strategy"] == {"type": "Recreate"}
    assert named(everything, "Deployment/beat")["spec"]["replicas"] == 1


def test_only_listed_doors_are_open(everything: list[Manifest]) -> None:
    policies = [each for each in everything if each["kind"] == "NetworkPolicy"]
    assert named(everything, "NetworkPolicy/deny")["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    edge = {"matchLabels": {"cryptotrader/edge": "allowed"}}
    open_to_the_edge = [each for each in policies if edge in map(_namespace, _peers(each))]
    assert {title(each) for each in open_to_the_edge} == {"NetworkPolicy/site", "NetworkPolicy/static"}
    reached = {
        workload["metadata"]["name"]
        for workload in workloads.workloads(everything)
        if any(
            references.selects(each["spec"]["podSelector"], workloads.labels_of(workload)) for each in open_to_the_edge
        )
    }
    assert reached == {"web", "web-canary", "stream", "stream-canary", "static"}
    for store in ("cache", "queue", "postgres"):
        assert all("ipBlock" not in peer for peer in _peers(named(everything, f"NetworkPolicy/{store}")))


def _peers(policy: Manifest) -> Iterator[dict[str, object]]:
    for rule in policy["spec"].get("ingress", []):
        yield from rule.get("from", [{}])


def _namespace(peer: dict[str, object]) -> object:
    return peer.get("namespaceSelector")


def test_the_canary_differs_in_its_image_and_its_track(everything: list[Manifest]) -> None:
    stable, canary = (workloads.pod_of(named(everything, f"Deployment/{name}")) for name in ("web", "web-canary"))
    assert stable["containers"][0]["image"] != canary["containers"][0]["image"]
    assert stable["volumes"] == canary["volumes"]
    selectors = [named(everything, f"Service/{name}")["spec"]["selector"] for name in ("web", "web-canary")]
    assert selectors[0] | {"track": "canary"} == selectors[1] != selectors[0]
    for rule in named(everything, "HTTPRoute/site")["spec"]["rules"]:
        assert [each["weight"] for each in rule["backendRefs"]] == [95, 5]


GATEWAY_PATHS = sorted({route.address.replace("<uid:trade_id>", str(UUID(int=7))) for route in ROUTES})
OTHER_PATHS = ("/", "/trade", "/api/v1/instruments", "/api/v1/flash-trades/batch", "/api/v1/quotes/x", "/api/v1/times")


def backend(route: Manifest, path: str, *, cookie: bool) -> str:
    """The service that a Gateway sends a request to: exact paths first, then the longest, then those with a header."""
    found = []
    for rule in route["spec"]["rules"]:
        for match in rule["matches"]:
            kind, value, headers = match["path"]["type"], match["path"]["value"], match.get("headers", [])
            met = path == value if kind == "Exact" else f"{path}/".startswith(f"{value.rstrip('/')}/")
            if met and (cookie or not headers):
                found.append((kind == "Exact", len(value), len(headers), rule["backendRefs"][0]["name"]))
    return str(max(found)[-1])


@pytest.mark.parametrize("overlay", ["production", "all"])
def test_a_gateway_sends_orders_of_programs_to_stream_and_pages_to_web(
    rendered: dict[str, list[Manifest]], overlay: str
) -> None:
    route = named(rendered[overlay], "HTTPRoute/site")
    for path in GATEWAY_PATHS:
        assert backend(route, path, cookie=False) == "stream", path
        assert backend(route, path, cookie=True) == "web", path
    for path in OTHER_PATHS:
        assert {backend(route, path, cookie=cookie) for cookie in (False, True)} == {"web"}, path
    assert {backend(route, "/ws/v1", cookie=cookie) for cookie in (False, True)} == {"stream"}


def test_a_gateway_without_regular_expressions_still_serves_the_site(everything: list[Manifest]) -> None:
    """They are an extension of Gateway API: an implementation without it leaves out the rules that have one."""
    rules = named(everything, "HTTPRoute/site")["spec"]["rules"]
    plain = [rule for rule in rules if not any("headers" in match for match in rule["matches"])]
    route = {"spec": {"rules": plain}}
    assert len(plain) == len(rules) - 1
    assert {backend(route, path, cookie=True) for path in GATEWAY_PATHS} == {"stream"}
    assert {backend(route, path, cookie=True) for path in OTHER_PATHS} == {"web"}


def test_an_ingress_sends_orders_to_stream() -> None:
    [rule] = yaml.safe_load((HERE / "components" / "ingress" / "ingress.yaml").read_text())["spec"]["rules"]
    backends = {(each["pathType"], each["path"]): each["backend"]["service"]["name"] for each in rule["http"]["paths"]}
    without_ids = [route.address for route in ROUTES if "<" not in route.address]
    assert {backends["Exact", address] for address in without_ids} == {"stream"}
    assert (backends["Prefix", "/ws/"], backends["Prefix", "/"]) == ("stream", "web")
    assert len(backends) == len(set(without_ids)) + 2


def test_its_prometheus_has_the_rules_of_all_others() -> None:
    assert {path.name: path.read_text() for path in WRITTEN.iterdir()} == {
        f"{path.stem}.yaml": rule_of(path) for path in sources()
    }
    for path in sources():
        assert yaml.safe_load(rule_of(path))["spec"] == yaml.safe_load(path.read_text())


WORSE = {
    "may run as root": lambda pod: pod["securityContext"].pop("runAsNonRoot"),
    "no requests or limits": lambda pod: pod["containers"][0]["resources"].pop("limits"),
    "an image without a version": lambda pod: pod["containers"][0].update(image="ghcr.io/example/cryptotrader:latest"),
    "can write its image": lambda pod: pod["containers"][0]["securityContext"].pop("readOnlyRootFilesystem"),
    "not watched": lambda pod: pod["containers"][0].pop("livenessProbe"),
    "killed before it has finished": lambda pod: pod.update(terminationGracePeriodSeconds=30),
    "cryptotrader-lost": lambda pod: pod["containers"][0]["envFrom"][0]["configMapRef"].update(
        name="cryptotrader-lost"
    ),
    "asks a port that it doesn't name": lambda pod: pod["containers"][0]["livenessProbe"]["httpGet"].update(
        port="lost"
    ),
}


@pytest.mark.parametrize("fault", WORSE)
def test_a_worse_pod_is_found(fault: str) -> None:
    manifests = render(HERE / "overlays" / "staging")
    WORSE[fault](workloads.pod_of(named(list(manifests), "Deployment/web")))
    found = [*workloads.faults(manifests), *references.faults(manifests)]
    assert found
    assert all(fault in each for each in found)


def test_a_misspelt_member_and_a_lost_label_are_found() -> None:
    manifests = render(HERE / "overlays" / "staging")
    spec = named(list(manifests), "Cluster/postgres")["spec"]
    spec["bootstrp"] = spec.pop("bootstrap")
    named(list(manifests), "NetworkPolicy/to-data")["spec"]["podSelector"] = {"matchLabels": {"data": "lost"}}
    assert list(resources.faults(manifests)) == [
        "Cluster/postgres: spec.bootstrap is missing",
        "Cluster/postgres: spec.bootstrp is not known",
    ]
    assert list(references.faults(manifests)) == [
        "NetworkPolicy/to-data: no pod has the labels {'matchLabels': {'data': 'lost'}}"
    ]
