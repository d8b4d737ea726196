from django.urls import path, re_path

from trading.web import (
    help_page,
    history,
    instruments,
    landing,
    limits,
    page_state,
    portfolio,
    receipts,
    results,
    seconds,
    styleguide,
    views,
)

urlpatterns = [
    path("", landing.front, name="home"),
    re_path(r"^trade/(?P<symbol>[A-Z0-9-]{1,25})/$", views.trade, name="trade"),
    re_path(r"^trade/(?P<symbol>[A-Z0-9-]{1,25})/state\.json$", page_state.state, name="page_state"),
    path("trades/<uid:trade_id>/", results.result, name="result"),
    path("trades/<uid:trade_id>/proof.json", results.proof, name="proof"),
    re_path(r"^prices/(?P<symbol>[A-Z0-9-]{1,25})/$", seconds.latest, name="seconds"),
    re_path(r"^prices/(?P<symbol>[A-Z0-9-]{1,25})/(?P<at>[^/]{1,40})/$", seconds.second, name="second"),
    re_path(r"^prices/(?P<symbol>[A-Z0-9-]{1,25})/(?P<at>[^/]{1,40})/evidence\.json$", seconds.evidence),
    path("trades/<uid:trade_id>/receipts.txt", receipts.receipts, name="receipts"),
    path("history/", history.history, name="history"),
    path("history/trades.csv", history.export, name="history_csv"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("instruments/", instruments.instruments, name="instruments"),
    path("help/", help_page.help_page, name="help"),
    path("account/limits/", limits.limits, name="limits"),
    path("account/limits/time-out/", limits.time_out, name="time_out"),
    path("account/limits/self-exclusion/", limits.self_exclusion, name="self_exclusion"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
