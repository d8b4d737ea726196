"""A container, as Compose describes it."""

from collections.abc import Mapping

from deploy.ct.backend import KEPT, Instance
from deploy.ct.rollout.state import Colour


def instance(found: Mapping[str, str], kept: Colour | None) -> Instance:
    """Returns the process in a container. `kept`: the colour that runs without traffic."""
    release = found.get("Image", "").rpartition(":")[2]
    service = found["Service"].removesuffix("-green")
    colour = Colour.GREEN if service != found["Service"] else Colour.BLUE
    is_kept = service in ("web", "stream") and colour is kept
    return Instance(service, found["Name"], found["State"], KEPT if is_kept else found.get("Health", ""), release)
