"""`kubectl kustomize DIRECTORY | python -m deploy.kubernetes.checks DIRECTORY`: the checks of what kubectl renders."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from deploy.kubernetes.checks import Manifest, references, resources, workloads
from deploy.kubernetes.checks.render import render

EXIT_FAULTS = 3


def main(directory: str) -> int:
    """Prints each fault, and each object that our own reader renders otherwise. Returns 0, or 3 if there is one."""
    manifests = [each for each in yaml.safe_load_all(sys.stdin) if each]
    found = [*workloads.faults(manifests), *references.faults(manifests), *resources.faults(manifests)]
    found += [f"{name}: our reader and kubectl differ" for name in differences(manifests, render(Path(directory)))]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    sys.stderr.write(f"{directory}: {len(manifests)} objects, {len(found) or 'no'} faults\n")
    return EXIT_FAULTS if found else 0


def differences(theirs: Sequence[Manifest], ours: Sequence[Manifest]) -> set[str]:
    """Returns the titles of the objects that differ, apart from orders and from the hashes in names of ConfigMaps."""
    hashed = [each["metadata"]["name"] for each in theirs if each["kind"] == "ConfigMap"]
    plain = {name: name.rpartition("-")[0] for name in hashed}
    told, read = (
        {_text([each["kind"], each["metadata"]["name"]], plain): _text(each, plain) for each in side}
        for side in (theirs, ours)
    )
    return {name for name in told.keys() | read.keys() if told.get(name) != read.get(name)}


def _text(value: object, names: Mapping[str, str]) -> str:
    """Writes equal values in equal words."""
    if isinstance(value, dict):
        return str(sorted((name, _text(each, names)) for name, each in value.items()))
    if isinstance(value, list):
        return str(sorted(_text(each, names) for each in value))
    return names.get(value, value) if isinstance(value, str) else repr(value)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
