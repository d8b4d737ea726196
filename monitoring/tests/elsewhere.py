"""Servers of a test's own for copies: one that speaks S3, and one that speaks SFTP."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

from accounts.tests.patience import PATIENCE_SECONDS


@contextmanager
def s3_server() -> Iterator[str]:
    """Yields the address of a server that speaks S3."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextmanager
def sftp_server(root: Path, key: asyncssh.SSHKey, host_key: asyncssh.SSHKey) -> Iterator[int]:
    """Yields the port of an SFTP server that shows `root`, and lets in whom this key names."""
    loop = asyncio.new_event_loop()
    ready, port = threading.Event(), 0

    async def serve() -> asyncssh.SSHAcceptor:
        authorized = asyncssh.import_authorized_keys(key.export_public_key().decode())
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host_key],
            authorized_client_keys=authorized,
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
        )

    acceptor = None

    def run() -> None:
        nonlocal port, acceptor
        asyncio.set_event_loop(loop)
        acceptor = loop.run_until_complete(serve())
        port = acceptor.get_port()
        ready.set()
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE_SECONDS)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        assert acceptor is not None
        acceptor.close()
        loop.run_until_complete(acceptor.wait_closed())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
