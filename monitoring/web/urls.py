from django.urls import path

from monitoring.web import health, metrics

urlpatterns = [
    path("api/health", health.ready),
    path("api/health/live", health.live),
    path("api/health/ready", health.ready),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.metrics),
    path("api/metrics", metrics.metrics),
]
