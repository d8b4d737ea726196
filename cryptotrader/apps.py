from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """The whole platform: its checks, and the Celery application of every room's tasks."""

    name = "cryptotrader"

    def ready(self) -> None:
        from django.conf import settings

        from cryptotrader import celery, checks  # noqa: F401

        if settings.TRACING:
            from cryptotrader.telemetry import otlp

            otlp.start()
