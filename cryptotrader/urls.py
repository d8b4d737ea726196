"""Routes of the whole site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.utils.functional import lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from accounts.rest import converters  # noqa: F401  (the routes below use them)
from cryptotrader import catalogue, documents, problems, pwa, texts
from cryptotrader.openapi import views as openapi

urlpatterns = [
    # First: an address is compared with each route before its own, and programs ask most often.
    path("api/v1/", include("trading.api.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/", include("trading.api.alias_urls")),
    path("udf/", include("trading.api.udf_urls")),
    path("", include("trading.web.urls")),
    path("", include("accounts.web.urls")),
    path("", include("accounts.web.access.headless")),
    path("", include("monitoring.web.urls")),
    path("api/v1/schema", openapi.Schema.as_view()),
    path("api/v1/asyncapi", openapi.Streams.as_view()),
    path("api/docs", openapi.documentation, name="api_docs"),
    path("sw.js", pwa.service_worker, name="service_worker"),
    path("offline/<slug:language>/", pwa.offline, name="offline"),
    path(".well-known/security.txt", texts.security_text),
    path(".well-known/", include("trading.api.well_known_urls")),
    path("llms.txt", texts.llms_text),
    path("robots.txt", texts.robots_text),
    path("sitemap.xml", texts.sitemap),
    path("docs/problems", catalogue.problems),
    path("docs/<slug:name>", documents.document, name="document"),
    # Here, because DEBUG would answer an unknown address with a page. Nothing changes there: no CSRF token needed.
    re_path("^(api|_allauth|udf)/", csrf_exempt(problems.not_found)),
    path("admin/", admin.site.urls),
    # Browsers ask for it by themselves wherever a page names no icon: the back office, a problem document.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("icons/icon.svg"))),
]
handler400 = "cryptotrader.problems.bad_request"
handler403 = "cryptotrader.problems.forbidden"
handler404 = "cryptotrader.problems.not_found"
handler500 = "cryptotrader.problems.server_error"
