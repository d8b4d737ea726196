from django.apps import AppConfig
from prometheus_client import REGISTRY


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from monitoring.metrics import MarketCollector, VenueCollector

        REGISTRY.register(MarketCollector())
        REGISTRY.register(VenueCollector())
