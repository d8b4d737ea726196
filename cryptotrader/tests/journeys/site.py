"""A platform of its own: databases, server, feed and worker, started as a newcomer starts them."""

import os
import re
import subprocess
import sys
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.local.processes import HOME_MARK, leftovers


class Site:
    """Runs from construction to `stop`. Raises RuntimeError with its log if it doesn't start."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.log = home / "journey.log"
        self.port = free_port()
        given = {"DATABASE_URL", "REDIS_URL", "MAIL_DIR", HOME_MARK}
        ours = {name: value for name, value in os.environ.items() if name not in given}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cryptotrader.local", "--home", str(home), "run"],
                cwd=ROOT,
                env=ours | {"PORT": str(self.port), "FEED": "simulated", "REAL_CURRENCIES": "USDT"} | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def link_mailed_to(self, email: str, path: str = "/confirm-email/") -> str:
        """Returns the link to such a page in a person's mail, as soon as the worker has written the mail."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for file in (self.home / "mail").glob("*.eml"):
                mail = message_from_bytes(file.read_bytes(), policy=default)
                text = mail.get_body(("plain",))
                link = re.search(rf"https?://\S+{path}\S+", text.get_content()) if text is not None else None
                if mail["To"] == email and link is not None:
                    return link[0]
            time.sleep(0.05)
        raise RuntimeError(f"no mail to {email}:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=PATIENCE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            for process in leftovers(self.home):
                process.kill()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Ready:" not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(self.log.read_text())
            time.sleep(0.1)
