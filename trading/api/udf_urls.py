"""The addresses of TradingView's charting library, below one prefix."""

from django.urls import path

from trading.api import udf

urlpatterns = [
    path("config", udf.Config.as_view()),
    path("symbols", udf.Symbols.as_view()),
    path("search", udf.Search.as_view()),
    path("history", udf.History.as_view()),
    path("time", udf.Time.as_view()),
]
