"""Django's command, closed as soon as staff can appoint each other."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError

from accounts.management.command import OperatorCommand
from accounts.selectors.approvals.appointing import can_appoint_each_other


class Command(OperatorCommand, createsuperuser.Command):
    help = (
        "Make a superuser, while no two members of staff could ask for it and approve it: the first ones, or the next "
        "ones after all others have gone. Exit codes: 0 done, 1 refused."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if can_appoint_each_other():
            raise CommandError(
                "there are members of staff who can ask for it and approve it: on the person's page in /admin/, "
                "'Change standing and roles'"
            )
        super().handle(*args, **options)
