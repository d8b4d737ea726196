from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "trading"

    def ready(self) -> None:
        from accounts.services.approval_actions import register
        from trading.services.void_trade import VOID_TRADE

        register(VOID_TRADE)
