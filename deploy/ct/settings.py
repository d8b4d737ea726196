"""The settings of an environment: its file in the repository, the operator's own file, and the shell's variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.ct.outcome import Exit, Stopped

DEPLOY = Path(__file__).resolve().parents[1]
ROOT = DEPLOY.parent
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)")

OWN = frozenset(
    {
        *("CT_ENGINE", "CT_COMPOSE", "CT_BUILD_ARGS", "PYTHON_IMAGE", "NODE_IMAGE"),
        *("NGINX_RESOLVER", "TRUSTED_CDN", "ADMIN_NETWORKS"),
        *("CT_BACKEND", "CT_SOURCE", "CT_PYTHON", "CT_PORT_BASE", "CT_DISK_FREE_MIN_GB", "CT_MIGRATION_LINT"),
        *("CT_PROMETHEUS", "CT_BACKUP_HOURS_MAX", "CT_HA"),
        *("REQUESTS_A_SECOND", "REQUESTS_BURST", "CONNECTIONS_AN_ADDRESS", "NGINX_WORKERS"),
    }
)
"""The variables that `ct` itself reads, beside those of the compose files. docs/deployment.md lists all of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One environment: its name, the directory of its state, and its variables."""

    name: str
    state: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """Returns a variable, or the default if it is missing or empty."""
        return self.variables.get(name) or default

    def require(self, name: str, meaning: str) -> str:
        """Returns a variable. Raises Stopped with its name if it is missing."""
        if value := self.get(name):
            return value
        own = self.state / "settings.env"
        raise Stopped(f"{name} is not set ({meaning}): write it into {own}", Exit.USAGE)

    @property
    def site_url(self) -> str:
        """The origin of the site. Raises Stopped if it isn't one."""
        value = self.require("SITE_URL", "the origin of the site, such as https://flash.example").rstrip("/")
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
            raise Stopped(f"SITE_URL must be an origin such as https://flash.example, not {value}", Exit.USAGE)
        return value

    @property
    def host(self) -> str:
        return urlsplit(self.site_url).hostname or ""

    @property
    def is_ha(self) -> bool:
        """Whether the stores stand in for one another: compose.ha.yml. Raises Stopped if CT_HA says neither."""
        value = self.get("CT_HA", "off")
        if value not in ("on", "off"):
            raise Stopped(f"CT_HA must be on or off, not {value}", Exit.USAGE)
        return value == "on"

    @property
    def is_development(self) -> bool:
        return self.name == "development"


def environments() -> list[str]:
    """Returns the names of the environments: of the files in deploy/environments."""
    return sorted(path.stem for path in (DEPLOY / "environments").glob("*.env"))


def load(name: str, environ: Mapping[str, str]) -> Settings:
    """Returns an environment's settings. What comes later wins: its file, the operator's settings.env, the shell.

    Raises Stopped if the environment is unknown, or a line isn't NAME=value.
    """
    if name not in environments():
        raise Stopped(f"there is no environment {name}, only {', '.join(environments())}", Exit.USAGE)
    home = Path(environ.get("CT_HOME") or DEPLOY / "state").resolve()
    state = home / name
    files = [DEPLOY / "environments" / f"{name}.env", state / "settings.env"]
    variables: dict[str, str] = {}
    for path in files:
        variables |= read(path) if path.exists() else {}
    understood = {*variables, *OWN, *variables_of_compose()}
    return Settings(name, state, {**variables, **{key: environ[key] for key in understood & environ.keys()}})


def variables_of_compose() -> set[str]:
    """Returns the names of the variables in the compose files."""
    found = (_VARIABLE.findall(path.read_text(encoding="utf-8")) for path in DEPLOY.glob("compose*.yml"))
    return {name for names in found for name in names}


def read(path: Path) -> dict[str, str]:
    """Returns the NAME=value lines of a file. Empty lines and those with # don't count. Raises Stopped."""
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise Stopped(f"{path}:{number} is not NAME=value", Exit.USAGE)
        found[match[1]] = match[2].strip().strip('"')
    return found
