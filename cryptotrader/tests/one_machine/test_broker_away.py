"""A broker that is away costs the sender of a task no wait."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, create_server
from threading import Thread
from uuid import uuid4

import pytest
from kombu.exceptions import OperationalError

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.celery import app
from trading.tasks import settle_due_trades


@contextmanager
def hanging_up() -> Iterator[tuple[str, list[object]]]:
    """A server that ends each connection at once; yields its address and the callers so far."""
    callers: list[object] = []
    with create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with suppress(OSError):  # the end
                while True:
                    connection, caller = listener.accept()
                    callers.append(caller)
                    connection.close()

        thread = Thread(target=answer)
        thread.start()
        try:
            yield f"redis://127.0.0.1:{listener.getsockname()[1]}/1", callers
        finally:
            listener.shutdown(SHUT_RDWR)
            thread.join(PATIENCE_SECONDS)


def test_a_failed_publish_is_tried_at_most_once_again() -> None:
    with hanging_up() as (address, callers), app.connection_for_write(address) as connection:
        with pytest.raises((OperationalError, ConnectionError)):
            settle_due_trades.apply_async(kwargs={"instrument": uuid4().hex}, connection=connection)  # type: ignore[call-arg]
        assert len(callers) == 2
