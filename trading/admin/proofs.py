"""Staff pages of daily digests and signing keys. Read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import ReadOnlyAdmin
from trading.models import DailyDigest, SigningKey


@admin.register(DailyDigest)
class DailyDigestAdmin(ReadOnlyAdmin):
    list_select_related = ("instrument",)
    list_display = ("instrument", "day", "count", "digest", "published_at")
    list_filter = ("instrument",)
    ordering = ("-id",)
    fields = (
        "instrument", "day", "count", "first_sequence", "last_sequence", "first_digest", "last_digest", "root",
        "previous", "digest", "published_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyDigest]:
        return super().get_queryset(request).defer("leaves", "blocks")


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    list_display = ("kid", "algorithm", "created_at", "retired_at")
    fields = ("kid", "algorithm", "public_key", "created_at", "retired_at")
    ordering = ("-id",)
