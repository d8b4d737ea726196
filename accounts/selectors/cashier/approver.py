from accounts.domain.cashier.real_money import WithdrawalState
from accounts.models import AuditEvent, User, Withdrawal


def approver_of(withdrawal: Withdrawal) -> User | None:
    """Who approved a withdrawal, by the audit; None unless a member of staff did, signed in."""
    events = AuditEvent.objects.filter(
        table=Withdrawal._meta.db_table, object_id=str(withdrawal.pk), after__state=WithdrawalState.APPROVED
    )
    event = events.select_related("actor").order_by("-id").first()
    return event.actor if event else None
