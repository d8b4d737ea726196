"""A Valkey of a test's own."""

from pathlib import Path

from cryptotrader.local.valkey import Valkey


class OwnValkey:
    """A running Valkey server with its data below `home`; the test may kill it."""

    def __init__(self, home: Path) -> None:
        (home / "log").mkdir()
        self.valkey = Valkey(home, durable=False)
        self.child = self.valkey.start()

    def url(self) -> str:
        return self.valkey.url()

    def answers(self) -> bool:
        return self.valkey.answers()

    def kill(self) -> None:
        self.child.popen.kill()
        self.child.popen.wait()

    def start_again(self) -> None:
        self.child = self.valkey.start_again()
