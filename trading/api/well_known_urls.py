"""What programs look for below /.well-known (RFC 8615)."""

from django.urls import path

from trading.api import proofs

urlpatterns = [path("jwks.json", proofs.PublicKeys.as_view(), name="jwks")]
