"""Nobody decides on their own deposit or withdrawal, and an approved withdrawal fails only with two approvals."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q

FILE = Path(__file__).parents[1] / "sql" / "cashier" / "cashier_judge_failure.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_audit")]
    operations = [
        migrations.AddConstraint(
            "deposit",
            models.CheckConstraint(condition=~Q(decided_by=F("user")), name="nobody_decides_on_their_own_deposit"),
        ),
        migrations.AddConstraint(
            "withdrawal",
            models.CheckConstraint(condition=~Q(decided_by=F("user")), name="nobody_decides_on_their_own_withdrawal"),
        ),
        migrations.RunSQL([FILE.read_text()], ["DROP FUNCTION cashier_judge_failure CASCADE"]),
    ]
