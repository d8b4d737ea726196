"""A container, as Compose describes it."""

import json
from collections.abc import Mapping
from typing import Any

from deploy.ct.backend import KEPT, Instance
from deploy.ct.rollout.state import Colour


def described(text: str) -> list[dict[str, Any]]:
    """Returns the containers that `ps --format json` tells of: one object a line; before 2.21 it prints one list."""
    lines = [json.loads(line) for line in text.splitlines() if line] if not text.startswith("[") else json.loads(text)
    return list(lines)


def instance(found: Mapping[str, str], kept: Colour | None) -> Instance:
    """Returns the process in a container. `kept`: the colour that runs without traffic."""
    release = found.get("Image", "").rpartition(":")[2]
    service = found["Service"].removesuffix("-green")
    colour = Colour.GREEN if service != found["Service"] else Colour.BLUE
    is_kept = service in ("web", "stream") and colour is kept
    return Instance(service, found["Name"], found["State"], KEPT if is_kept else found.get("Health", ""), release)
