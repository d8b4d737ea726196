from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TradingConfig(AppConfig):
    name = "trading"
    verbose_name = _("Trading")

    def ready(self) -> None:
        from accounts.approval_actions import register
        from trading.services.settlement.void_trade import VOID_TRADE

        register(VOID_TRADE)
