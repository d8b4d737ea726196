from django.apps import AppConfig
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

STATEMENTS_REMEMBERED = 100
"""Of each connection in development, for `connection.queries`."""


def remember_few_statements() -> None:
    """Keep a developer's processes small: Django remembers 9,000 of each thread, and forgets them after requests alone.

    The feed, the settler and the sockets serve none.
    """
    if settings.DEBUG:
        BaseDatabaseWrapper.queries_limit = STATEMENTS_REMEMBERED


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = _("Monitoring")

    def ready(self) -> None:
        from accounts.services.approvals.make_staff_roles import make_staff_roles
        from monitoring.services.grant_roles import grant_roles, roles_missing

        def grant(**details: object) -> None:
            # Emptying a database also sends this signal, without a plan; it doesn't change rights.
            if "plan" not in details:
                return
            make_staff_roles()  # here, because the tables of all rooms have their permissions by now
            if not roles_missing():
                grant_roles()

        remember_few_statements()
        # Once per `migrate`: Django sends the signal for each app with tables.
        post_migrate.connect(grant, sender=self, weak=False)
