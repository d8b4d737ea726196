"""The addresses in the infrastructure specification: other names for views of /api/v1."""

from django.urls import path

from trading.api import flash_trades

urlpatterns = [
    path("flash-trades", flash_trades.FlashTrades.as_view()),
    path("flash-trades/<uid:trade_id>", flash_trades.FlashTradeDetail.as_view()),
]
