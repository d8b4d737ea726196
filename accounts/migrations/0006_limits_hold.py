"""What people have set to protect themselves holds against everybody: exclusions stay, and limits rise after a day.

The day is counted from `changed_at`, which only ever moves on: whoever raises a limit has to say when, and wait.
"""

from django.db import migrations, models

import accounts.domain.limits.own_limits

GUARD = """
CREATE FUNCTION limits_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER exclusions_cannot_be_lifted BEFORE UPDATE OR DELETE ON exclusions
    FOR EACH STATEMENT EXECUTE FUNCTION limits_refuse('an exclusion ends when its time is over');

CREATE TRIGGER limits_are_kept BEFORE DELETE ON trading_limits
    FOR EACH STATEMENT EXECUTE FUNCTION limits_refuse('a limit is removed by raising it, after a day');

CREATE TRIGGER limits_keep_their_wallet BEFORE UPDATE ON trading_limits
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.kind, OLD.currency, OLD.demo, OLD.period_days)
            IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.kind, NEW.currency, NEW.demo, NEW.period_days)
    )
    EXECUTE FUNCTION limits_refuse('a limit keeps its owner, kind and wallet');

CREATE FUNCTION limits_rise_slowly() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    no_limit CONSTANT numeric := 'Infinity';
    standing CONSTANT numeric := coalesce(
        CASE WHEN OLD.next_from <= NEW.changed_at THEN OLD.next_amount ELSE OLD.amount END, no_limit
    );
BEGIN
    IF NEW.changed_at < OLD.changed_at
        OR coalesce(NEW.amount, no_limit) > standing
        OR (
            NEW.next_from < NEW.changed_at + interval '24 hours'
            AND coalesce(NEW.next_amount, no_limit) > coalesce(NEW.amount, no_limit)
            AND (NEW.next_amount, NEW.next_from) IS DISTINCT FROM (OLD.next_amount, OLD.next_from)
        )
    THEN
        RAISE EXCEPTION 'a limit rises 24 hours after it was asked for'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER limits_rise_after_a_day BEFORE UPDATE ON trading_limits
    FOR EACH ROW EXECUTE FUNCTION limits_rise_slowly();
"""

UNGUARD = """
DROP TRIGGER exclusions_cannot_be_lifted ON exclusions;
DROP TRIGGER limits_are_kept ON trading_limits;
DROP TRIGGER limits_keep_their_wallet ON trading_limits;
DROP TRIGGER limits_rise_after_a_day ON trading_limits;
DROP FUNCTION limits_rise_slowly;
DROP FUNCTION limits_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_four_eyes"),
    ]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.AddConstraint(
            model_name="tradinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_amount", None), ("next_from__isnull", False), _connector="OR"),
                name="a_next_limit_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("currency", ""),
                        ("demo", False),
                        ("kind", accounts.domain.limits.own_limits.LimitKind["SESSION"]),
                    ),
                    models.Q(
                        ("currency__gt", ""),
                        ("demo", False),
                        ("kind", accounts.domain.limits.own_limits.LimitKind["DEPOSIT"]),
                    ),
                    models.Q(
                        models.Q(
                            (
                                "kind__in",
                                [
                                    accounts.domain.limits.own_limits.LimitKind["SESSION"],
                                    accounts.domain.limits.own_limits.LimitKind["DEPOSIT"],
                                ],
                            ),
                            _negated=True,
                        ),
                        ("currency__gt", ""),
                    ),
                    _connector="OR",
                ),
                name="limit_belongs_to_a_wallet",
            ),
        ),
    ]
