from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """The whole platform: its checks, the Celery application of every room's tasks, and the metrics of a process."""

    name = "cryptotrader"

    def ready(self) -> None:
        from django.conf import settings

        from cryptotrader import celery, checks, metering  # noqa: F401

        metering.begin()
        if settings.TRACING:
            from cryptotrader.telemetry import otlp

            otlp.start()
