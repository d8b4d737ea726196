"""The objects of operators (CloudNativePG, Barman, KEDA, Gateway API, Prometheus), unknown to Kubernetes' own schemas.

Here stand the members that ours use, from the documented resources, each with the kind of its value. A member that
isn't listed is a fault: probably it is misspelt.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.kubernetes.checks import Manifest, title

Shape = Any
"""A type, a tuple of allowed values, `{member: shape}`, or `[shape]` for a list. Members ending in ! are required."""

SELECTOR = {"matchLabels": {"*": str}, "matchExpressions": [{"key!": str, "operator!": ("In",), "values!": [str]}]}
SECRET_KEY = {"name!": str, "key!": str}
QUANTITIES = {"cpu": (str, int), "memory": str}
RESOURCES = {"requests": QUANTITIES, "limits": QUANTITIES}
MATCHES = [
    {
        "path!": {"type!": ("PathPrefix", "Exact"), "value!": str},
        "headers": [{"type!": ("Exact", "RegularExpression"), "name!": str, "value!": str}],
    }
]
REDIRECT = {"scheme": ("https",), "statusCode": (301, 302)}
RULE: dict[str, Shape] = {
    "alert": str,
    "record": str,
    "expr!": (str, int),
    "for": str,
    "keep_firing_for": str,
    "labels": {"*": str},
}
RULE |= {"annotations": {"*": str}}
ENDPOINT: dict[str, Shape] = {"port!": str, "path": str, "interval": str, "scrapeTimeout": str}
ENDPOINT |= {"relabelings": [{"targetLabel!": str, "replacement!": str}]}

ROLE = {
    "name!": str,
    "ensure": ("present", "absent"),
    "login": bool,
    "replication": bool,
    "inRoles": [str],
    "passwordSecret!": {"name!": str},
}
CLUSTER = {
    "instances!": int,
    "imageName!": str,
    "imagePullPolicy": ("Always", "IfNotPresent"),
    "enableSuperuserAccess!": (False,),
    "enablePDB": bool,
    "primaryUpdateStrategy": ("unsupervised", "supervised"),
    "primaryUpdateMethod": ("switchover", "restart"),
    "smartShutdownTimeout": int,
    "stopDelay": int,
    "switchoverDelay": int,
    "postgresql!": {
        "synchronous!": {"method!": ("any", "first"), "number!": int, "dataDurability": ("required", "preferred")},
        "parameters": {"*": str},
        "pg_hba": [str],
    },
    "bootstrap!": {
        "initdb!": {
            "database!": str,
            "owner!": str,
            "secret!": {"name!": str},
            "encoding": str,
            "localeProvider": ("builtin", "icu", "libc"),
            "builtinLocale": str,
            "dataChecksums": bool,
        }
    },
    "managed!": {"roles!": [ROLE]},
    "plugins!": [{"name!": str, "isWALArchiver": bool, "parameters": {"*": str}}],
    "storage!": {"size!": str},
    "walStorage": {"size!": str},
    "resources!": RESOURCES,
    "affinity": {
        "enablePodAntiAffinity": bool,
        "topologyKey": str,
        "podAntiAffinityType": ("preferred", "required"),
    },
    "seccompProfile": {"type!": ("RuntimeDefault",)},
}

SPECS: Mapping[str, Shape] = {
    "postgresql.cnpg.io/v1 Cluster": CLUSTER,
    "postgresql.cnpg.io/v1 ScheduledBackup": {
        "schedule!": str,
        "immediate": bool,
        "backupOwnerReference": ("none", "self", "cluster"),
        "cluster!": {"name!": str},
        "method!": ("plugin",),
        "pluginConfiguration!": {"name!": str},
    },
    "barmancloud.cnpg.io/v1 ObjectStore": {
        "retentionPolicy!": str,
        "configuration!": {
            "destinationPath!": str,
            "endpointURL": str,
            "s3Credentials!": {"accessKeyId!": SECRET_KEY, "secretAccessKey!": SECRET_KEY},
            "wal": {"compression": ("bzip2", "gzip", "lz4", "snappy", "xz", "zstd"), "maxParallel": int},
            "data": {"compression": ("bzip2", "gzip", "snappy"), "jobs": int, "immediateCheckpoint": bool},
        },
        "instanceSidecarConfiguration": {"resources": RESOURCES},
    },
    "keda.sh/v1alpha1 TriggerAuthentication": {"secretTargetRef!": [{"parameter!": str, "name!": str, "key!": str}]},
    "keda.sh/v1alpha1 ScaledObject": {
        "scaleTargetRef!": {"name!": str},
        "minReplicaCount": int,
        "maxReplicaCount": int,
        "pollingInterval": int,
        "cooldownPeriod": int,
        "triggers!": [{"type!": ("redis",), "metadata!": {"*": str}, "authenticationRef": {"name!": str}}],
    },
    "gateway.networking.k8s.io/v1 HTTPRoute": {
        "parentRefs!": [{"name!": str, "namespace": str, "sectionName": str}],
        "hostnames!": [str],
        "rules!": [
            {
                "matches": MATCHES,
                "filters": [{"type!": ("RequestRedirect",), "requestRedirect!": REDIRECT}],
                "timeouts": {"request": str},
                "backendRefs": [{"name!": str, "port!": int, "weight": int}],
            }
        ],
    },
    "monitoring.coreos.com/v1 ServiceMonitor": {"jobLabel": str, "selector!": SELECTOR, "endpoints!": [ENDPOINT]},
    "monitoring.coreos.com/v1 PodMonitor": {"jobLabel": str, "selector!": SELECTOR, "podMetricsEndpoints!": [ENDPOINT]},
    "monitoring.coreos.com/v1 PrometheusRule": {"groups!": [{"name!": str, "interval": str, "rules!": [RULE]}]},
}


def faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Yields members that an operator doesn't know, lacks, or can't read."""
    for manifest in manifests:
        if shape := SPECS.get(f"{manifest['apiVersion']} {manifest['kind']}"):
            for fault in _faults(manifest["spec"], shape, "spec"):
                yield f"{title(manifest)}: {fault}"


def _faults(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, dict):
        yield from _faults_of_members(value, shape, path)
    elif isinstance(shape, list):
        if not isinstance(value, list) or not value:
            yield f"{path} is no list"
            return
        for number, item in enumerate(value):
            yield from _faults(item, shape[0], f"{path}[{number}]")
    elif not any(_fits(value, each) for each in (shape if isinstance(shape, tuple) else (shape,))):
        yield f"{path} can't be {value!r}"


def _faults_of_members(value: Any, shape: Mapping[str, Shape], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} has no members"
        return
    known = {name.removesuffix("!"): each for name, each in shape.items()}
    for name in (name.removesuffix("!") for name in shape if name.endswith("!")):
        if name not in value:
            yield f"{path}.{name} is missing"
    for name, each in value.items():
        if name not in known and "*" not in known:
            yield f"{path}.{name} is not known"
        else:
            yield from _faults(each, known.get(name, known.get("*")), f"{path}.{name}")


def _fits(value: Any, kind: Any) -> bool:
    if isinstance(kind, type):
        return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    return bool(value == kind)
