from django.urls import include, path

from trading.web import views

urlpatterns = [
    path("", views.trade, name="home"),
    path("trade/<str:symbol>/", views.trade, name="trade"),
    path("history/", views.history, name="history"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("i18n/", include("django.conf.urls.i18n")),
]
