"""The commands' common door: its arguments, and the exit codes of refusals and outages."""

from typing import Any, NoReturn

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from accounts.database_errors import INSUFFICIENT_PRIVILEGE, message_of, sqlstate_of
from accounts.management.arguments import EXIT_USAGE, read_no_empty_text, refuse_usage

EXIT_REFUSED, EXIT_DEPENDENCY = 1, 4


class _Parser(CommandParser):
    """Refuses wrong usage in one line; to a caller in Python it raises CommandError."""

    def error(self, message: str) -> NoReturn:
        if self.called_from_command_line:
            refuse_usage(self, message)
        raise CommandError(message, returncode=EXIT_USAGE)


class OperatorCommand(BaseCommand):
    """A command for operators. It takes no empty text; wrong usage and an error of the database end it in one line."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = _Parser  # BaseCommand makes Django's own
        read_no_empty_text(parser)
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
