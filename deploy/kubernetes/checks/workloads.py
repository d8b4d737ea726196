"""Pods as the platform wants them: hardened, bounded, watched, and stopped with time to finish."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.kubernetes.checks import Manifest, title

WORKLOADS = frozenset({"Deployment", "StatefulSet", "Job"})
OURS = "cryptotrader"


def workloads(manifests: Sequence[Manifest]) -> list[Manifest]:
    """Returns the objects that make pods."""
    return [each for each in manifests if each["kind"] in WORKLOADS]


def labels_of(workload: Manifest) -> Mapping[str, str]:
    """Returns the labels of its pods."""
    found: Mapping[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return found


def pod_of(workload: Manifest) -> Mapping[str, Any]:
    """Returns the specification of its pods."""
    found: Mapping[str, Any] = workload["spec"]["template"]["spec"]
    return found


def is_ours(workload: Manifest) -> bool:
    """Whether its pods run the image of the platform."""
    return labels_of(workload)["app.kubernetes.io/name"] == OURS


def faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Yields what a workload lacks, or has too much of."""
    for workload in workloads(manifests):
        for fault in (*_pod_faults(workload), *_volume_faults(workload)):
            yield f"{title(workload)}: {fault}"
        for container in pod_of(workload)["containers"]:
            for fault in (*_container_faults(container), *_probe_faults(workload, container)):
                yield f"{title(workload)} {container['name']}: {fault}"


def _pod_faults(workload: Manifest) -> Iterator[str]:
    pod = pod_of(workload)
    context = pod.get("securityContext", {})
    if not (context.get("runAsNonRoot") and context.get("runAsUser") and context.get("runAsGroup")):
        yield "may run as root"
    if is_ours(workload) and context.get("runAsUser") != 1001:
        yield "another user than the image's"
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False or pod.get("enableServiceLinks") is not False:
        yield "has a token, or the addresses of services"
    if pod.keys() & {"hostNetwork", "hostPID", "hostIPC"}:
        yield "shares with its machine"
    if workload["kind"] != "Job" and not pod.get("topologySpreadConstraints"):
        yield "not spread over machines"
    pause = max((_pause(container) for container in pod["containers"]), default=0)
    grace = 25 if is_ours(workload) else 0
    if pod.get("terminationGracePeriodSeconds", 0) < pause + grace:
        yield "killed before it has finished"


def _pause(container: Mapping[str, Any]) -> int:
    seconds: int = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    return seconds


def _volume_faults(workload: Manifest) -> Iterator[str]:
    pod = pod_of(workload)
    claimed = {each["metadata"]["name"] for each in workload["spec"].get("volumeClaimTemplates", [])}
    known = {volume["name"] for volume in pod.get("volumes", [])}
    mounted = {mount["name"] for container in pod["containers"] for mount in container.get("volumeMounts", [])}
    if mounted != known | claimed:
        yield f"volumes {sorted(mounted ^ (known | claimed))} are mounted or defined alone"
    for volume in pod.get("volumes", []):
        if "hostPath" in volume:
            yield f"{volume['name']} is a directory of the machine"
        if "emptyDir" in volume and not volume["emptyDir"].get("sizeLimit"):
            yield f"{volume['name']} has no bound"


def _container_faults(container: Mapping[str, Any]) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False or context.get("capabilities") != {"drop": ["ALL"]}:
        yield "has privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "can write its image"
    resources = container.get("resources", {})
    if any(set(resources.get(kind, ())) != {"cpu", "memory"} for kind in ("requests", "limits")):
        yield "no requests or limits"
    name, _, tag = container["image"].rpartition(":")
    if "@sha256:" not in container["image"] and (not name or "/" in tag or tag == "latest"):
        yield "an image without a version"
    if any("secretKeyRef" in str(variable) for variable in container.get("env", [])):
        yield "a secret in a variable"


def _probe_faults(workload: Manifest, container: Mapping[str, Any]) -> Iterator[str]:
    if workload["kind"] == "Job":
        return
    names = {port["name"] for port in container.get("ports", [])}
    probes = {kind: container.get(f"{kind}Probe") for kind in ("liveness", "readiness", "startup")}
    if not (probes["liveness"] and probes["readiness"]):
        yield "not watched"
    if is_ours(workload) and not probes["startup"]:
        yield "no time to start"
    for kind, probe in probes.items():
        if probe and probe.get("httpGet", {}).get("port", next(iter(names), None)) not in names:
            yield f"its {kind} probe asks a port that it doesn't name"
