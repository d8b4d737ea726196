"""The addresses below /.well-known (RFC 8615), for programs."""

from django.urls import path

from trading.api import proofs

urlpatterns = [path("jwks.json", proofs.PublicKeys.as_view(), name="jwks")]
