"""Staff pages of daily digests and signing keys. Read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin import ReadOnlyAdmin, columns
from trading.models import DailyDigest, SigningKey


@admin.register(DailyDigest)
class DailyDigestAdmin(ReadOnlyAdmin):
    list_select_related = ("instrument",)
    list_display = ("on", "instrument", "count", "short", "published")
    list_filter = ("instrument",)
    ordering = ("-id",)
    fields = (
        "instrument", "on", "count", "first_sequence", "last_sequence", "first_digest", "last_digest", "root",
        "previous", "digest", "published",
    )  # fmt: skip
    readonly_fields = ("on", "published")

    @admin.display(description=_("day"))
    def on(self, digest: DailyDigest) -> str:
        return columns.day(digest.day)

    @admin.display(description=_("digest"))
    def short(self, digest: DailyDigest) -> str:
        return columns.short_id(digest.digest)

    @admin.display(description=_("published"))
    def published(self, digest: DailyDigest) -> str:
        return columns.instant(digest.published_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyDigest]:
        return super().get_queryset(request).defer("leaves", "blocks")


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    list_display = ("kid", "algorithm", "made", "ended")
    fields = ("kid", "algorithm", "public_key", "made", "ended")
    readonly_fields = ("made", "ended")
    ordering = ("-id",)

    @admin.display(description=_("made"))
    def made(self, key: SigningKey) -> str:
        return columns.instant(key.created_at)

    @admin.display(description=pgettext_lazy("a key", "retired"))
    def ended(self, key: SigningKey) -> str:
        return columns.instant(key.retired_at)
