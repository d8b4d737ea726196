"""Compares real answers with the description: no member is missing, none is there that nobody has described."""

from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from accounts.tests.rest_client import Answer
from cryptotrader.openapi.operation import JSON, PROBLEM
from cryptotrader.openapi.operations import OPERATIONS
from cryptotrader.openapi.shapes import SHAPES

ROOT = "urn:strict"


def _strict(shape: Any) -> Any:
    """The same shape, without members that it doesn't name."""
    if isinstance(shape, list):
        return [_strict(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    told = {name: _strict(value) for name, value in shape.items()}
    if ("allOf" in told or "properties" in told) and "additionalProperties" not in told:
        told.setdefault("unevaluatedProperties", False)
    return told


def strictly(shapes: dict[str, Any]) -> dict[str, Any]:
    """`allOf` sees no member of its parts' neighbours: there the whole is strict, the parts are not."""
    strict = {name: _strict(shape) for name, shape in shapes.items()}
    for name, shape in shapes.items():
        if "allOf" in shape:
            parts = [shapes[part["$ref"].split("/")[-1]] if "$ref" in part else part for part in shape["allOf"]]
            strict[name] = {"allOf": parts, "unevaluatedProperties": False}
    return strict


_DOCUMENT = {"components": {"schemas": strictly(SHAPES)}}
_REGISTRY: Any = Registry().with_resource(ROOT, Resource.from_contents(_DOCUMENT, default_specification=DRAFT202012))


def faults_of(shape: str, value: object) -> list[str]:
    """The places in which a value isn't of this shape."""
    reference = {"$ref": f"{ROOT}#/components/schemas/{shape}"}
    validator = Draft202012Validator(reference, registry=_REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def undescribed(name: str, answer: Answer) -> list[str]:
    """What an answer of the operation `GET /api/v1/time` has, that its description hasn't, or the other way round."""
    operation = OPERATIONS[name]
    kind = answer.headers.get("Content-Type", "")
    if answer.status not in operation.answers:
        known = answer.status in operation.statuses() and kind == PROBLEM
        return faults_of("Problem", answer.json()) if known else [f"{answer.status} {kind}"]
    shape = operation.answers[answer.status]
    if shape is None:
        return [str(answer.content)] if answer.content else []
    if operation.media != JSON:
        return [] if kind.startswith(operation.media) else [kind]
    return faults_of(shape, answer.json()) if kind == JSON else [kind]
