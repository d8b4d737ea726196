"""The pool of database connections of a process, as it comes back after PostgreSQL has ended its sessions."""

from select import POLLIN, poll

from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool
from psycopg_pool.base import AttemptWithBackoff

_check = ConnectionPool.check_connection


def tune() -> None:
    """Has each pool notice a returned server within a second, and part with all its dead connections at once."""
    # Else a pool without a server waits ever longer: 8 s before it notices that the server has been back for 7.
    AttemptWithBackoff.DELAY_BACKOFF = 1.0
    ConnectionPool.check_connection = staticmethod(check_connection)  # type: ignore[assignment]


def check_connection(connection: Connection) -> None:
    """Raises OperationalError if the connection is dead; the pool then drops those that it opened before.

    A session that ends, however it ends, leaves something to read, and one that is well doesn't: so a request costs a
    look at the socket here, and no round trip to the server.

    A server that restarts ends all sessions, and `getconn` waits a second after each dead one that it meets: the
    callers of a pool of twenty waited for twenty seconds.
    """
    if not connection.closed and _is_silent(connection):
        return
    pool = connection._pool  # none while the pool itself looks through its connections
    try:
        _check(connection)
    except OperationalError:
        # Those of a pool that was drained since are dead, its present ones aren't.
        if isinstance(pool, ConnectionPool) and connection._created_at > pool._drained_at:
            pool.drain()
        raise


def _is_silent(connection: Connection) -> bool:
    """Whether nothing has come from the server, nor an error of the network, since the last answer."""
    looking = poll()
    looking.register(connection.fileno(), POLLIN)
    return not looking.poll(0)
