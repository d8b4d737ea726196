"""Checks of manifests as Kubernetes gets them. Each takes all objects of an overlay and yields the faults, in words."""

from collections.abc import Mapping
from typing import Any

Manifest = Mapping[str, Any]
"""One object of Kubernetes."""


def title(manifest: Manifest) -> str:
    """Returns `kind/name`."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"
