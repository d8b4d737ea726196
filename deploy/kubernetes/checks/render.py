"""Renders a directory of Kustomize as far as ours go, without kubectl.

It knows resources, components, patches (by name, or operations on a target), generated ConfigMaps without their hashes,
images, labels, nameSuffix and namespace. `make lint-kubernetes` compares it with kubectl.
"""

import copy
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

KEYS = ("name", "containerPort", "mountPath", "topologyKey")
"""The members that name an item of a list. Kustomize merges such items; it replaces lists without names."""

MERGED = frozenset({"containers", "volumes", "env", "volumeMounts", "ports"})
KNOWN = {
    "apiVersion",
    "kind",
    "resources",
    "components",
    "patches",
    "configMapGenerator",
    "images",
    "labels",
    "nameSuffix",
}
KNOWN |= {"namespace", "generatorOptions"}
WITHOUT_NAMESPACE = frozenset({"Namespace"})


def render(directory: Path) -> list[Object]:
    """Returns all objects of the directory. Raises ValueError for what it doesn't know."""
    return _apply(directory, [])


def _apply(directory: Path, objects: list[Object]) -> list[Object]:
    told = yaml.safe_load((directory / "kustomization.yaml").read_text())
    if unknown := set(told) - KNOWN:
        raise ValueError(f"{directory}: {unknown} is not known")
    for name in told.get("resources", []):
        objects = [*objects, *_resource(directory / name)]
    for entry in told.get("configMapGenerator", []):
        _generate(directory, entry, objects, told.get("generatorOptions", {}))
    for name in told.get("components", []):
        objects = _apply(directory / name, objects)
    for patch in told.get("patches", []):
        objects = _patched(directory, patch, objects)
    for change in _changes(told):
        for each in objects:
            change(each)
    return objects


def _resource(path: Path) -> list[Object]:
    if path.is_dir():
        return render(path)
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def _generate(directory: Path, entry: Object, objects: list[Object], options: Object) -> None:
    data = {name: (directory / name).read_text() for name in entry.get("files", [])}
    for name in entry.get("envs", []):
        lines = (line.strip() for line in (directory / name).read_text().splitlines())
        data |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    if entry.get("behavior") == "merge":
        found = [each for each in objects if (each["kind"], each["metadata"]["name"]) == ("ConfigMap", entry["name"])]
        found[0]["data"] |= data
        return
    metadata = {"name": entry["name"], **options}
    objects.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def _patched(directory: Path, patch: Object, objects: list[Object]) -> list[Object]:
    text = (directory / patch["path"]).read_text() if "path" in patch else patch["patch"]
    for part in yaml.safe_load_all(text):
        matches = [each for each in objects if _is_meant(each, patch.get("target") or part)]
        if not matches:
            raise ValueError(f"{directory}: a patch changes nothing")
        for each in matches:
            if isinstance(part, list):
                _operate(each, part)
            else:
                each.update(_merge(each, part))
    return objects


def _is_meant(each: Object, target: Object) -> bool:
    name = target.get("name") or target.get("metadata", {}).get("name", ".*")
    return each["kind"] == target["kind"] and re.fullmatch(name, each["metadata"]["name"]) is not None


def _operate(each: Object, operations: Iterable[Object]) -> None:
    for operation in operations:
        *path, last = operation["path"].strip("/").split("/")
        place = each
        for step in path:
            place = place[step]
        if operation["op"] == "remove":
            del place[last]
        else:
            place[last] = copy.deepcopy(operation["value"])


def _merge(old: Any, new: Any, member: str = "") -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {name: _merge(old.get(name), value, name) for name, value in new.items()}
    if isinstance(old, list) and isinstance(new, list) and member in MERGED:
        key = next(key for key in KEYS if key in new[0])
        known = {item[key]: item for item in old}
        return list((known | {item[key]: _merge(known.get(item[key]), item) for item in new}).values())
    return copy.deepcopy(new)


def _changes(told: Object) -> Iterable[Callable[[Object], None]]:
    if suffix := told.get("nameSuffix"):
        yield lambda each: each["metadata"].update(name=each["metadata"]["name"] + suffix)
    for entry in told.get("labels", []):
        yield partial(_label, entry["pairs"])
    for image in told.get("images", []):
        yield partial(_rename, image)
    if namespace := told.get("namespace"):
        yield lambda each: _place(each, namespace)


def _label(pairs: Object, each: Object) -> None:
    each["metadata"].setdefault("labels", {}).update(pairs)
    if each["kind"] == "Service":
        each["spec"]["selector"].update(pairs)
    if each["kind"] == "Deployment":
        each["spec"]["selector"]["matchLabels"].update(pairs)
        each["spec"]["template"]["metadata"]["labels"].update(pairs)
        for spread in each["spec"]["template"]["spec"]["topologySpreadConstraints"]:
            spread["labelSelector"]["matchLabels"].update(pairs)


def _rename(image: Object, each: Object) -> None:
    for container in each.get("spec", {}).get("template", {}).get("spec", {}).get("containers", []):
        name, _, tag = container["image"].partition(":")
        if name == image["name"]:
            container["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"


def _place(each: Object, namespace: str) -> None:
    if each["kind"] not in WITHOUT_NAMESPACE:
        each["metadata"]["namespace"] = namespace
    else:
        each["metadata"]["name"] = namespace
