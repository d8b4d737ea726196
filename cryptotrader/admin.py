"""Names the class of the staff site. Django reads this before any model is loaded, so the site has its own file."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "cryptotrader.admin_site.AdminSite"
