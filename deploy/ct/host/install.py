"""Installs a release on this host: its sources from git, its packages by the lock, its static files."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import run
from deploy.ct.settings import ROOT, Settings

BUILD = "build.mjs"
SCRIPT = Path("static/vendor/lightweight-charts.mjs")
SCRIPT_IN_PACKAGE = Path("node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.mjs")
# For tools that read the settings and ask no server.
UNCONNECTED = {
    **dict.fromkeys(("SECRET_KEY", "JWT_SECRET", "ENCRYPTION_KEYS"), "none"),
    "REDIS_URL": "redis://127.0.0.1:1",
    "DATABASE_URL": "postgresql://none@127.0.0.1:1/none",
    "SITE_URL": "https://none.invalid",
    "DJANGO_DEBUG": "0",
}


class Installed:
    """The releases below a directory: `releases/NAME`, and environments that those with the same lock share."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.state
        self._source = Path(settings.get("CT_SOURCE", str(ROOT)))
        self._given = settings.get("CT_PYTHON")

    def root(self, release: str) -> Path:
        return self._home / "releases" / release

    def python(self, release: str) -> str:
        """Returns the interpreter of a release: CT_PYTHON, or that of the environment with its packages."""
        return self._given or str(self._environment(self.root(release)) / "bin" / "python")

    def install(self, release: str) -> None:
        """Installs a release unless it is there. Raises Stopped. A killed installation is begun anew."""
        root = self.root(release)
        if root.exists():
            return
        unfinished = root.with_name(f".{release}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self._unpack(self._commit(release), unfinished)
        python = self._given or self._packages(unfinished)
        self._script(unfinished)
        self._compile(unfinished, python)
        unfinished.rename(root)

    def _commit(self, release: str) -> str:
        """A release is a tag (1.4.0 or v1.4.0), a commit, or version-commit as `ct` names a checkout."""
        if release.endswith("-dirty"):
            raise Stopped("commit first: a release on this host comes from git", Exit.USAGE)
        for name in (f"v{release}", release, release.rpartition("-")[2]):
            if commit := _git(self._source, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
                return commit.decode().strip()
        raise Stopped(f"git knows no release {release} in {self._source}", Exit.USAGE)

    def _unpack(self, commit: str, target: Path) -> None:
        with tarfile.open(fileobj=BytesIO(_git(self._source, "archive", "--format=tar", commit))) as archive:
            if hasattr(tarfile, "data_filter"):  # Python 3.11 has it from 3.11.4 on; Debian 12's own is older
                archive.extraction_filter = tarfile.data_filter
            for member in archive:  # what git wrote of our own commit
                archive.extract(member, target)

    def _environment(self, root: Path) -> Path:
        lock = (root / "requirements.txt").read_bytes()
        return self._home / "environments" / hashlib.sha256(lock).hexdigest()[:16]

    def _packages(self, root: Path) -> str:
        environment = self._environment(root)
        python = environment / "bin" / "python"
        done = environment / ".done"
        if not done.exists():
            shutil.rmtree(environment, ignore_errors=True)
            run([sys.executable, "-m", "venv", str(environment)], environ={})
            options = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:")
            run([str(python), "-m", "pip", "install", *options, "-r", str(root / "requirements.txt")], environ={})
            done.touch()
        return str(python)

    def _script(self, root: Path) -> None:
        """What pages load: made by the release's own build. Older releases have one package, copied from the checkout
        with the same lock, else from the registry."""
        if (root / BUILD).exists():
            self._page_packages(root)
            run(["node", BUILD], environ={}, directory=root)
            return
        if (root / SCRIPT).exists():
            return
        (root / SCRIPT).parent.mkdir(parents=True, exist_ok=True)
        lock = "package-lock.json"
        if (ROOT / SCRIPT).exists() and (ROOT / lock).read_bytes() == (root / lock).read_bytes():
            shutil.copyfile(ROOT / SCRIPT, root / SCRIPT)
            return
        self._page_packages(root)
        shutil.copyfile(root / SCRIPT_IN_PACKAGE, root / SCRIPT)

    def _page_packages(self, root: Path) -> None:
        run(
            ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(root)],
            environ={},
        )

    def _compile(self, root: Path, python: str) -> None:
        for messages in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
            compiled = messages.with_suffix(".mo")
            babel = ("-m", "babel.messages.frontend", "--quiet", "compile", "-D", "django")
            run([python, *babel, "-i", str(messages), "-o", str(compiled)], environ={})
        command = [python, str(root / "manage.py"), "collectstatic", "--noinput", "--verbosity", "0"]
        run(command, environ=_calm(UNCONNECTED))


def _calm(environ: Mapping[str, str]) -> dict[str, str]:
    """Without the variables that would lead to files of a running site."""
    named = [name for name in environ if not name.startswith("DJANGO")]
    return {**environ, **{f"{name}_FILE": "" for name in named}, "METRICS_DIR": ""}


def _git(source: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(source), *words],  # noqa: S607
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise Stopped("git is not installed", Exit.DEPENDENCY) from error
    return done.stdout if done.returncode == 0 else b""
