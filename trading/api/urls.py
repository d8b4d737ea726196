from django.urls import path

from trading.api import flash_trades, history, limits, market, proofs, quotes, reality_check, receipts, venues

urlpatterns = [
    path("time", market.Time.as_view()),
    path("instruments", market.Instruments.as_view()),
    path("instruments/<str:symbol>/prices", history.Prices.as_view()),
    path("instruments/<str:symbol>/candles", history.Candles.as_view()),
    path("venues", venues.Venues.as_view()),
    path("quotes", quotes.Quotes.as_view()),
    path("limits", limits.Limits.as_view()),
    path("reality-check", reality_check.RealityCheck.as_view()),
    path("flash-trades", flash_trades.FlashTrades.as_view()),
    path("flash-trades/batch", flash_trades.FlashTradeBatch.as_view()),
    path("flash-trades/<uid:trade_id>", flash_trades.FlashTradeDetail.as_view()),
    path("flash-trades/<uid:trade_id>/proof", proofs.TradeProof.as_view()),
    path("receipts", receipts.Receipts.as_view()),
    path("digests", proofs.Digests.as_view()),
    path("flash-trades/<uid:trade_id>/offer", flash_trades.FlashTradeOffer.as_view()),
    path("flash-trades/<uid:trade_id>/close", flash_trades.FlashTradeClose.as_view()),
]
