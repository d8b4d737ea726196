"""`kubectl kustomize DIRECTORY | python -m deploy.kubernetes.checks DIRECTORY`: the checks of what kubectl renders."""

import sys
from pathlib import Path

import yaml

from deploy.kubernetes.checks import Manifest, references, resources, title, workloads
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


def differences(theirs: list[Manifest], ours: list[Manifest]) -> set[str]:
    """Returns the titles of the objects that differ, apart from the order of lists by name and the hashes of names."""
    told, read = ({_unhashed(title(each), each): _plain(each) for each in side} for side in (theirs, ours))
    return {name for name in told.keys() | read.keys() if told.get(name) != read.get(name)}


def _unhashed(name: str, manifest: Manifest) -> str:
    return name.rpartition("-")[0] if manifest["kind"] == "ConfigMap" else name


def _plain(manifest: Manifest) -> object:
    spec = dict(manifest.get("spec", {}))
    if spec.get("template"):
        return {
            container["name"]: sorted(
                map(str, (container.get("env", []), container.get("resources"), container["image"]))
            )
            for container in spec["template"]["spec"]["containers"]
        } | {"labels": spec["template"]["metadata"]["labels"], "replicas": spec.get("replicas")}
    return manifest.get("data") or spec


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
