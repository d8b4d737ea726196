"""What names something else must find it: selectors, ports, ConfigMaps, secrets, volumes, settings and roles."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.kubernetes.checks import Manifest, title
from deploy.kubernetes.checks.workloads import is_ours, labels_of, pod_of, workloads

CNPG = {"cnpg.io/cluster": "postgres"}
"""The label that the operator of the database gives its pods."""

Labels = Mapping[str, str]


def faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Yields names that lead nowhere."""
    pods = [labels_of(each) for each in workloads(manifests)]
    if any(each["kind"] == "Cluster" for each in manifests):
        pods.append(CNPG)
    for manifest in manifests:
        for selector in _selectors(manifest):
            if not any(selects(selector, labels) for labels in pods):
                yield f"{title(manifest)}: no pod has the labels {selector}"
    yield from _service_faults(manifests)
    yield from _backend_faults(manifests)
    yield from _configuration_faults(manifests)


def selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether a pod with these labels is meant."""
    exact = selector.get("matchLabels", {}).items()
    among = selector.get("matchExpressions", [])
    return exact <= labels.items() and all(labels.get(each["key"]) in each["values"] for each in among)


def _selectors(manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    spec = manifest.get("spec", {})
    match manifest["kind"]:
        case "Service":
            yield {"matchLabels": spec["selector"]}
        case "Deployment" | "StatefulSet" | "PodDisruptionBudget" | "PodMonitor":
            yield spec["selector"]
        case "NetworkPolicy":
            yield spec["podSelector"]
            for rule in (*spec.get("ingress", []), *spec.get("egress", [])):
                peers = (*rule.get("from", []), *rule.get("to", []))
                yield from (peer["podSelector"] for peer in peers if "podSelector" in peer)


def _service_faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    for service in (each for each in manifests if each["kind"] == "Service"):
        meant = {"matchLabels": service["spec"]["selector"]}
        for workload in (each for each in workloads(manifests) if selects(meant, labels_of(each))):
            known = {
                port["name"] for container in pod_of(workload)["containers"] for port in container.get("ports", [])
            }
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in known:
                    yield f"{title(service)}: {title(workload)} has no port {port['targetPort']}"


def _backend_faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    services = {each["metadata"]["name"]: each["spec"]["ports"] for each in manifests if each["kind"] == "Service"}
    for route in (each for each in manifests if each["kind"] == "HTTPRoute"):
        for backend in (backend for rule in route["spec"]["rules"] for backend in rule.get("backendRefs", [])):
            if backend["port"] not in {port["port"] for port in services.get(backend["name"], [])}:
                yield f"{title(route)}: no service {backend['name']}:{backend['port']}"
    deployments = {title(each) for each in workloads(manifests)}
    for scaler in (each for each in manifests if each["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"}):
        if f"Deployment/{scaler['spec']['scaleTargetRef']['name']}" not in deployments:
            yield f"{title(scaler)}: no such Deployment"


def _configuration_faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    maps = {each["metadata"]["name"] for each in manifests if each["kind"] == "ConfigMap"}
    claims = {each["metadata"]["name"] for each in manifests if each["kind"] == "PersistentVolumeClaim"}
    for workload in workloads(manifests):
        pod = pod_of(workload)
        named = {
            each["configMapRef"]["name"] for container in pod["containers"] for each in container.get("envFrom", [])
        }
        named |= {volume["configMap"]["name"] for volume in pod.get("volumes", []) if "configMap" in volume}
        wanted = {
            v["persistentVolumeClaim"]["claimName"] for v in pod.get("volumes", []) if "persistentVolumeClaim" in v
        }
        if lost := (named - maps) | (wanted - claims):
            yield f"{title(workload)}: {sorted(lost)} is not there"


def settings_of(manifests: Sequence[Manifest]) -> dict[str, set[str]]:
    """Returns the variables that each process of ours gets, and `*_FILE` under the name of the variable."""
    maps = {each["metadata"]["name"]: set(each["data"]) for each in manifests if each["kind"] == "ConfigMap"}
    found: dict[str, set[str]] = {}
    for workload in filter(is_ours, workloads(manifests)):
        container = pod_of(workload)["containers"][0]
        names = {each["name"].removesuffix("_FILE") for each in container["env"]}
        for each in container.get("envFrom", []):
            names |= maps.get(each["configMapRef"]["name"], set())
        found[workload["metadata"]["name"]] = names
    return found


def roles_of(manifests: Sequence[Manifest]) -> dict[str, list[str]]:
    """Returns the workloads of each role of the image: the arguments of its containers."""
    found: dict[str, list[str]] = {}
    for workload in filter(is_ours, workloads(manifests)):
        for container in pod_of(workload)["containers"]:
            found.setdefault(" ".join(container["args"]), []).append(workload["metadata"]["name"])
    return found
