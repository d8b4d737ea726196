"""The commands' common door: its arguments, and the exit codes of refusals and outages."""

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from accounts.database_errors import INSUFFICIENT_PRIVILEGE, message_of, sqlstate_of
from accounts.management.arguments import given

EXIT_REFUSED, EXIT_USAGE, EXIT_DEPENDENCY = 1, 2, 4


class OperatorCommand(BaseCommand):
    """A command for operators. It takes no empty text, and an error of the database ends it in one line."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.register("type", None, given)
        parser.register("type", Path, lambda text: Path(given(text)))
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Raises CommandError for an error of the database: EXIT_DEPENDENCY for an outage, else EXIT_REFUSED."""
        try:
            return super().execute(*args, **options)
        except (DatabaseError, psycopg.Error) as error:
            raise database_refusal(error) from error


def database_refusal(error: DatabaseError | psycopg.Error) -> CommandError:
    """Returns what a command tells of an error of the database, in one line with the exit code."""
    words = message_of(error)
    if sqlstate_of(error) == INSUFFICIENT_PRIVILEGE:
        return CommandError(f"this login of the database lacks the right: {words}", returncode=EXIT_REFUSED)
    if isinstance(error, (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)):
        return CommandError(f"the database doesn't answer: {words}", returncode=EXIT_DEPENDENCY)
    return CommandError(f"the database refuses: {words}", returncode=EXIT_REFUSED)
