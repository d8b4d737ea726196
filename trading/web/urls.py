from django.urls import path, re_path

from trading.web import views

urlpatterns = [
    path("", views.trade, name="home"),
    re_path(r"^trade/(?P<symbol>[A-Z0-9-]{1,25})/$", views.trade, name="trade"),
    path("history/", views.history, name="history"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
