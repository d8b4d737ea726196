"""A developer's server: pages, REST and sockets in one process, loaded again when code changes.

daphne isn't among the installed apps: each process of the platform would import Twisted, a fifth of its start.
"""

from daphne.management.commands.runserver import Command

__all__ = ["Command"]
