from django.apps import AppConfig, apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate
from prometheus_client import REGISTRY

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

    def ready(self) -> None:
        from monitoring.metrics import ClockCollector, MarketCollector, VenueCollector
        from monitoring.services.grant_roles import grant_roles, roles_missing

        def grant(**details: object) -> None:
            # Emptying a database also sends this signal, without a plan; it doesn't change rights.
            if "plan" in details and not roles_missing():
                grant_roles()

        remember_few_statements()
        REGISTRY.register(MarketCollector())
        REGISTRY.register(ClockCollector())
        REGISTRY.register(VenueCollector())
        # Once per `migrate`: Django sends the signal only for apps with tables, and this room has none.
        post_migrate.connect(grant, sender=apps.get_app_config("trading"), weak=False)
