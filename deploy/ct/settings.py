"""The settings of an environment: its file in the repository, the operator's own file, and the shell's variables."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.ct.outcome import Exit, Stopped

DEPLOY = Path(__file__).resolve().parents[1]
ROOT = DEPLOY.parent
_LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
_VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
PORT_MAX = 65_535
DIGITS_MAX = 10

OWN = frozenset(
    {
        *("CT_ENGINE", "CT_COMPOSE", "CT_BUILD_ARGS", "PYTHON_IMAGE", "NODE_IMAGE"),
        *("NGINX_RESOLVER", "TRUSTED_CDN", "ADMIN_NETWORKS"),
        *("CT_BACKEND", "CT_SOURCE", "CT_PYTHON", "CT_PORT_BASE", "CT_DISK_FREE_MIN_GB", "CT_MIGRATION_LINT"),
        *("CT_PROMETHEUS", "CT_BACKUP_HOURS_MAX", "CT_HA", "NGINX_STATUS_PORT"),
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

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
        """Returns a variable as a whole number. Raises Stopped with its name if it isn't one, or out of the range."""
        value = self.get(name, str(default))
        if not (value.isascii() and value.isdigit() and len(value) <= DIGITS_MAX and least <= int(value) <= most):
            raise Stopped(f"{name} must be a whole number from {least} to {most}, not {value}", Exit.USAGE)
        return int(value)

    def amount(self, name: str, default: float) -> float:
        """Returns a variable as a number from 0 on, such as 2.5. Raises Stopped with its name if it isn't one."""
        value = self.get(name, f"{default:g}")
        if not _AMOUNT.fullmatch(value):
            raise Stopped(f"{name} must be a number such as {default:g}, not {value}", Exit.USAGE)
        return float(value)

    def port(self, name: str, default: int, *, more: int = 0) -> int:
        """Returns a variable as the first of `more` + 1 ports. Raises Stopped with its name if it can't be one."""
        return self.whole(name, default, least=1, most=PORT_MAX - more)

    def words(self, name: str, default: str = "") -> list[str]:
        """Returns the words of a command as the shell reads them. Raises Stopped with its name for an open quote."""
        try:
            return shlex.split(self.get(name, default))
        except ValueError as error:
            raise Stopped(f"{name} is no command: {error}", Exit.USAGE) from error

    @property
    def site_url(self) -> str:
        """The origin of the site. Raises Stopped if it isn't one."""
        value = self.require("SITE_URL", "the origin of the site, such as https://flash.example").rstrip("/")
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018  (raises if it is none)
        except ValueError as error:
            raise Stopped(f"SITE_URL must be an origin such as https://flash.example: {error}", Exit.USAGE) from error
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
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Stopped(f"{path} can't be read: {error}", Exit.USAGE) from error
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise Stopped(f"{path}:{number} is not NAME=value", Exit.USAGE)
        found[match[1]] = match[2].strip().strip('"')
    return found
