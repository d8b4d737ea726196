"""Which door is where."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("trading.web.urls")),
    path("", include("accounts.web.urls")),
    path("", include("monitoring.web.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("trading.api.urls")),
    path("api/", include("trading.api.alias_urls")),
    path("admin/", admin.site.urls),
]
handler400 = "cryptotrader.problems.bad_request"
handler403 = "cryptotrader.problems.forbidden"
handler404 = "cryptotrader.problems.not_found"
handler500 = "cryptotrader.problems.server_error"
