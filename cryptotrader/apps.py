import gc
from types import ModuleType

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """The whole platform: its checks, the Celery application of every room's tasks, and the metrics of a process.

    Nothing that an application loads goes away again. To look for garbage in it, again and again while it grows, took a
    sixth of the processor time of a start.
    """

    name = "cryptotrader"

    def __init__(self, app_name: str, app_module: ModuleType) -> None:
        super().__init__(app_name, app_module)
        gc.disable()  # this is the first application, and Django loads the others' models next

    def ready(self) -> None:
        from django.conf import settings

        from cryptotrader import celery, checks, metering  # noqa: F401
        from cryptotrader.start import pool

        metering.begin()
        pool.tune()
        if settings.TRACING:
            from cryptotrader.telemetry import otlp

            otlp.start()
        gc.freeze()
        gc.enable()
