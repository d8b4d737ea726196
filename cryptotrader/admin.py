"""The staff site: Django's own admin under our name."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_header = site_title = "cryptotrader"
    index_title = _("Back office")


class AdminConfig(DjangoAdminConfig):
    default_site = "cryptotrader.admin.AdminSite"
