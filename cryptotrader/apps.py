from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """The whole platform: its checks, the Celery application of every room's tasks, and the metrics of a process."""

    name = "cryptotrader"

    def ready(self) -> None:
        from django.conf import settings
        from psycopg_pool.base import AttemptWithBackoff

        from cryptotrader import celery, checks, metering  # noqa: F401

        metering.begin()
        # Else a pool without a server waits ever longer: 8 s before it notices that the server has been back for 7.
        AttemptWithBackoff.DELAY_BACKOFF = 1.0
        if settings.TRACING:
            from cryptotrader.telemetry import otlp

            otlp.start()
