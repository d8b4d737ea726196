"""The images of a release, and the containers of them as Compose describes them."""

import json
from collections.abc import Mapping
from typing import Any

from deploy.ct.backend import KEPT, Instance
from deploy.ct.console import Console
from deploy.ct.outcome import Stopped
from deploy.ct.programs import run
from deploy.ct.rollout.state import Colour
from deploy.ct.settings import DEPLOY, ROOT, Settings

POSTGRES_HA = "cryptotrader-postgres-ha:18"
"""As in compose.ha.yml."""


class Images:
    """CT_ENGINE (docker) builds them; CT_BUILD_ARGS goes to each build."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings, self._console = settings, console
        self._engine = settings.words("CT_ENGINE", "docker")

    def name(self, release: str, target: str = "image") -> str:
        """Returns the name of a release's image; `target` is that of the Dockerfile."""
        suffix = "" if target == "image" else f"-{target}"
        return f"{self._settings.get('CRYPTOTRADER_IMAGE', 'cryptotrader')}{suffix}:{release}"

    @property
    def are_pulled(self) -> bool:
        """Whether they come from a registry."""
        name = self._settings.get("CRYPTOTRADER_IMAGE")
        return "/" in name and not name.startswith("localhost/")

    def build(self, release: str, target: str) -> None:
        """Builds an image unless it is there. One of changed sources is built each time. Raises Stopped."""
        image = self.name(release, target)
        fixed = not release.endswith("-dirty") and self._has(image)
        if fixed or not self._console.would(f"build {image}"):
            return
        given = {name: self._settings.get(name) for name in ("PYTHON_IMAGE", "NODE_IMAGE")}
        values = {name: value for name, value in given.items() if value} | {"VERSION": release, "REVISION": release}
        arguments = [word for name, value in values.items() for word in ("--build-arg", f"{name}={value}")]
        extra = self._settings.words("CT_BUILD_ARGS")
        run([*self._engine, "build", *extra, *arguments, "--target", target, "--tag", image, str(ROOT)], environ={})

    def build_postgres(self) -> None:
        """Builds the image of PostgreSQL under Patroni unless it is there, or another one is given. Raises Stopped."""
        if self._settings.get("POSTGRES_HA_IMAGE") or self._has(POSTGRES_HA):
            return
        if not self._console.would(f"build {POSTGRES_HA}"):
            return
        base = self._settings.get("POSTGRES_IMAGE")
        words = [
            *self._settings.words("CT_BUILD_ARGS"),
            *(["--build-arg", f"POSTGRES_IMAGE={base}"] if base else []),
        ]
        run([*self._engine, "build", *words, "--tag", POSTGRES_HA, str(DEPLOY / "postgres-ha")], environ={})

    def _has(self, image: str) -> bool:
        try:
            run([*self._engine, "image", "inspect", image], environ={}, capture=True)
        except Stopped:
            return False
        return True


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
