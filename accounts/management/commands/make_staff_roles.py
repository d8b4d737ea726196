from accounts.management.command import OperatorCommand
from accounts.services.approvals.make_staff_roles import make_staff_roles


class Command(OperatorCommand):
    help = "Create the groups of staff, or reset their permissions to the default."

    def handle(self, *args: object, **options: object) -> None:
        for role, permissions in make_staff_roles().items():
            self.stdout.write(f"{role}: {', '.join(permissions) or 'reads only'}")
