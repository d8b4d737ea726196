"""The back office: notes, taken work, exports, announcements; look-ups by half an email; names of fields for people."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Collate, StrIndex, Substr

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "office/notes_are_for_ever.sql": "DROP TRIGGER notes_are_for_ever ON person_notes",
    "office/exports_are_for_ever.sql": "DROP TRIGGER exports_are_for_ever ON list_exports",
    "office/announcements_are_kept.sql": "DROP TRIGGER announcements_are_kept ON announcements",
    "office/audit.sql": """
        DROP TRIGGER audit ON person_notes;
        DROP TRIGGER audit ON work_claims;
        DROP TRIGGER audit ON list_exports;
        DROP TRIGGER audit ON announcements;
    """,
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_makers_of_keys"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("notice", "notice"), ("maintenance", "maintenance")],
                        default="notice",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text_en", models.CharField(max_length=300, verbose_name="text in English")),
                ("text_ko", models.CharField(max_length=300, verbose_name="text in Korean")),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
            ],
            options={
                "verbose_name": "announcement",
                "verbose_name_plural": "announcements",
                "db_table": "announcements",
                "default_permissions": ("add", "view"),
            },
        ),
        migrations.CreateModel(
            name="ListExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_name", models.CharField(max_length=60, verbose_name="list")),
                ("filters", models.CharField(blank=True, max_length=1000, verbose_name="filters")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "db_table": "list_exports",
                "permissions": [("export_lists", "Can take lists out as CSV")],
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="PersonNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="note")),
                ("written_at", models.DateTimeField(verbose_name="written")),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "db_table": "person_notes",
                "default_permissions": ("add", "view"),
            },
        ),
        migrations.CreateModel(
            name="WorkClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=120, unique=True, verbose_name="work")),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
            ],
            options={
                "verbose_name": "taken work",
                "verbose_name_plural": "taken work",
                "db_table": "work_claims",
                "default_permissions": (),
            },
        ),
        migrations.AlterField(
            model_name="beneficiary",
            name="id",
            field=models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="id"),
        ),
        migrations.AlterField(
            model_name="beneficiary",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="trader"
            ),
        ),
        migrations.AlterField(
            model_name="deposit",
            name="checkout_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="address of the payment"),
        ),
        migrations.AlterField(
            model_name="deposit",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AlterField(
            model_name="deposit",
            name="id",
            field=models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="id"),
        ),
        migrations.AlterField(
            model_name="deposit",
            name="idempotency_key",
            field=models.CharField(max_length=255, verbose_name="idempotency key"),
        ),
        migrations.AlterField(
            model_name="deposit",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="trader",
            ),
        ),
        migrations.AlterField(
            model_name="deposit",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.ledgeraccount",
                verbose_name="wallet",
            ),
        ),
        migrations.AlterField(
            model_name="exclusion",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exclusions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="trader",
            ),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="balance",
            field=models.DecimalField(decimal_places=8, default=0, max_digits=20, verbose_name="balance"),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="created_at",
            field=models.DateTimeField(verbose_name="made"),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="currency",
            field=models.CharField(max_length=10, verbose_name="currency"),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="demo",
            field=models.BooleanField(verbose_name="demo"),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="held",
            field=models.DecimalField(decimal_places=8, default=0, max_digits=20, verbose_name="held"),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="kind",
            field=models.CharField(
                choices=[
                    (
                        "wallet",
                        "wallet",
                    ),
                    (
                        "house",
                        "house",
                    ),
                    (
                        "funding",
                        "funding",
                    ),
                    (
                        "fees",
                        "fees",
                    ),
                    (
                        "bonus",
                        "bonus",
                    ),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="wallets",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="revision",
            field=models.BigIntegerField(default=0, verbose_name="revision"),
        ),
        migrations.AlterField(
            model_name="tradinglimit",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="limits",
                to=settings.AUTH_USER_MODEL,
                verbose_name="trader",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="amount",
            field=models.DecimalField(decimal_places=8, max_digits=20, verbose_name="amount"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="created_at",
            field=models.DateTimeField(verbose_name="made"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="currency",
            field=models.CharField(max_length=10, verbose_name="currency"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="demo",
            field=models.BooleanField(verbose_name="demo"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    (
                        "grant",
                        "grant",
                    ),
                    (
                        "return",
                        "return",
                    ),
                    (
                        "stake",
                        "stake",
                    ),
                    (
                        "payout",
                        "payout",
                    ),
                    (
                        "sale",
                        "sale",
                    ),
                    (
                        "deposit",
                        "deposit",
                    ),
                    (
                        "withdrawal",
                        "withdrawal",
                    ),
                    (
                        "fee",
                        "fee",
                    ),
                    (
                        "bonus",
                        "bonus",
                    ),
                    (
                        "adjustment",
                        "adjustment",
                    ),
                    (
                        "reversal",
                        "reversal",
                    ),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="phase",
            field=models.CharField(
                choices=[
                    (
                        "single",
                        "single",
                    ),
                    (
                        "pending",
                        "pending",
                    ),
                    ("post", "post"),
                    ("void", "void"),
                ],
                max_length=10,
                verbose_name="phase",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="reference",
            field=models.UUIDField(verbose_name="reference"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="outgoing",
                to="accounts.ledgeraccount",
                verbose_name="from account",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="target",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incoming",
                to="accounts.ledgeraccount",
                verbose_name="to account",
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="beneficiary",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.beneficiary", verbose_name="beneficiary"
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="id",
            field=models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="id"),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="idempotency_key",
            field=models.CharField(max_length=255, verbose_name="idempotency key"),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="trader",
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.ledgeraccount",
                verbose_name="wallet",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(Collate("email", "C"), name="users_by_email_start"),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                Collate(Substr("email", StrIndex("email", models.Value("@")) + 1), "C"), name="users_by_domain_start"
            ),
        ),
        migrations.AddField(
            model_name="announcement",
            name="made_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="listexport",
            name="taken_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken by",
            ),
        ),
        migrations.AddField(
            model_name="personnote",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notes",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="personnote",
            name="written_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="written by",
            ),
        ),
        migrations.AddField(
            model_name="workclaim",
            name="taken_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="taken by",
            ),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["ends_at"], name="announcements_by_end"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["notice", "maintenance"])), name="announcement_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("text_en__regex", "\\S"), ("text_ko__regex", "\\S")),
                name="announced_in_both_languages",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="an_announcement_lasts"
            ),
        ),
        migrations.AddIndex(
            model_name="personnote",
            index=models.Index(fields=["person", "-id"], name="notes_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="personnote",
            constraint=models.CheckConstraint(condition=models.Q(("text__regex", "\\S")), name="a_note_says_something"),
        ),
        migrations.AddIndex(
            model_name="deposit",
            index=models.Index(
                fields=["requested_at"],
                name="deposits_to_credit",
                condition=models.Q(state="review") | models.Q(state="requested", provider="manual"),
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(
                fields=["requested_at"],
                name="withdrawals_to_pay",
                condition=models.Q(state__in=["review", "approved"]),
            ),
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
