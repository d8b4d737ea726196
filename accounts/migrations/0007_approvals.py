"""Four eyes: requests of staff and the decisions of others. One person alone executes nothing."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "approvals/approvals_judge_end.sql": "DROP FUNCTION approvals_judge_end CASCADE",
    "approvals/approvals_judge_decision.sql": "DROP FUNCTION approvals_judge_decision CASCADE",
    "approvals/requests_start_pending.sql": "DROP TRIGGER requests_start_pending ON approval_requests",
    "approvals/requests_keep_what_they_ask.sql": "DROP TRIGGER requests_keep_what_they_ask ON approval_requests",
    "approvals/requests_end_once.sql": "DROP TRIGGER requests_end_once ON approval_requests",
    "approvals/requests_are_kept.sql": "DROP TRIGGER requests_are_kept ON approval_requests",
    "approvals/decisions_are_for_ever.sql": "DROP TRIGGER decisions_are_for_ever ON approval_decisions",
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_limits")]
    operations = [
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, editable=False, serialize=False)),
                ("action", models.CharField(max_length=40, verbose_name="action")),
                ("subject", models.CharField(max_length=80, verbose_name="subject")),
                ("arguments", models.JSONField(default=dict, verbose_name="arguments")),
                ("reason", models.TextField(verbose_name="reason")),
                ("approvals_needed", models.PositiveSmallIntegerField(default=1, verbose_name="approvals needed")),
                (
                    "requested_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="requested by"
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        default="pending",
                        choices=[
                            ("pending", "pending"),
                            ("executed", "executed"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("expired", "expired"),
                        ],
                        verbose_name="state",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
            ],
            options={
                "db_table": "approval_requests",
                "verbose_name": "approval request",
                "verbose_name_plural": "approval requests",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["action", "subject"], condition=Q(state="pending"), name="one_pending_request_each"
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["pending", "executed", "refused", "withdrawn", "expired"]),
                        name="request_state_is_known",
                    ),
                    models.CheckConstraint(condition=Q(reason__regex="\\S"), name="a_request_has_a_reason"),
                    models.CheckConstraint(condition=Q(approvals_needed__gte=1), name="somebody_else_approves"),
                    models.CheckConstraint(
                        condition=Q(ended_at=None, state="pending") | (~Q(state="pending") & Q(ended_at__isnull=False)),
                        name="an_ended_request_says_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request", models.ForeignKey("accounts.approvalrequest", models.PROTECT, related_name="decisions")),
                (
                    "decision",
                    models.CharField(
                        max_length=8, choices=[("approve", "approve"), ("refuse", "refuse")], verbose_name="decision"
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "decided_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="decided by"
                    ),
                ),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
            ],
            options={
                "db_table": "approval_decisions",
                "verbose_name": "approval decision",
                "verbose_name_plural": "approval decisions",
                "constraints": [
                    models.UniqueConstraint(fields=["request", "decided_by"], name="one_decision_each"),
                    models.CheckConstraint(condition=Q(decision__in=["approve", "refuse"]), name="decision_is_known"),
                    models.CheckConstraint(
                        condition=Q(decision="approve") | Q(reason__regex="\\S"), name="who_refuses_says_why"
                    ),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
