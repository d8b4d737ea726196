"""Grants the database logins their rights, or checks them."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.management.command import EXIT_REFUSED, OperatorCommand
from monitoring.services.find_role_faults import find_role_faults, unlisted_tables
from monitoring.services.grant_roles import RolesMissing, grant_roles, roles_missing

EXIT_FAULTS = 3


class Command(OperatorCommand):
    help = (
        "Grant each of the logins app, feed, settler and backup the rights for its own work in this database, and no "
        "others. "
        "Run it with the DATABASE_URL of the tables' owner, any number of times; `migrate` runs it too, once the "
        "logins exist. With --check it changes nothing: stdout gets a line for each right that a login lacks or should "
        "not have, and for each table that isn't in the list. "
        "Exit codes: 0 done, 1 refused, 3 --check found something, 4 the database doesn't answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare")
        parser.add_argument("--json", action="store_true", help="with --check: print the faults as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                self._check(as_json=options["json"])
            else:
                grant_roles()
        except RolesMissing as missing:
            raise CommandError(f"make these logins first: {missing}", returncode=EXIT_REFUSED) from missing

    def _check(self, *, as_json: bool) -> None:
        if missing := roles_missing():
            raise RolesMissing(", ".join(missing))
        faults = [*find_role_faults(), *(f"{table}: not listed" for table in unlisted_tables())]
        if as_json:
            self.stdout.write(json.dumps({"faults": faults}))
        else:
            for fault in faults:
                self.stdout.write(fault)
            self.stdout.write(f"{len(faults) or 'no'} faults")
        if faults:
            raise SystemExit(EXIT_FAULTS)
