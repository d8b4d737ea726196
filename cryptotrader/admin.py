"""Which site the staff's is. Django reads this before any model is there, so the site has a file of its own."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "cryptotrader.admin_site.AdminSite"

    def ready(self) -> None:
        from cryptotrader import checks  # noqa: F401, PLC0415  (registers them)

        super().ready()
