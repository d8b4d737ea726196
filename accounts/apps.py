from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, pre_delete
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from accounts.database_errors import take_standbys_as_outages
        from accounts.late_reads import guard_replica
        from accounts.services.access.mark_session import mark_session
        from accounts.services.approvals.make_staff_roles import make_action_permissions
        from accounts.steps.end_other_access import end_access_without_second_factor
        from accounts.steps.end_sessions import end_signed_out_session
        from accounts.steps.guard_second_factor import note_removal, refuse_needed_removal
        from accounts.steps.tell_by_mail import to_be_told
        from accounts.web.access import rates_without_redis
        from accounts.web.mails import tell

        def refuse(instance: Authenticator, **_: object) -> None:
            refuse_needed_removal(authenticator=instance, now=timezone.now())

        def note(instance: Authenticator, **_: object) -> None:
            note_removal(authenticator=instance, now=timezone.now())

        _register_actions()
        rates_without_redis.install()
        guard_replica()
        take_standbys_as_outages()
        post_migrate.connect(lambda **_: make_action_permissions(), sender=self, weak=False)
        to_be_told.connect(tell)
        user_logged_in.connect(mark_session)
        authenticator_added.connect(end_access_without_second_factor)
        user_logged_out.connect(end_signed_out_session)
        pre_delete.connect(refuse, sender=Authenticator, weak=False)
        post_delete.connect(note, sender=Authenticator, weak=False)


def _register_actions() -> None:
    """Registers the actions of staff that take a second person."""
    from accounts.approval_actions import register
    from accounts.services.cashier.change_terms import CHANGE_TERMS
    from accounts.services.cashier.large_deposits import LARGE_DEPOSIT, REFUSE_LARGE_DEPOSIT
    from accounts.services.cashier.large_withdrawals import (
        COMPLETE_LARGE_WITHDRAWAL,
        FAILED_WITHDRAWAL,
        LARGE_WITHDRAWAL,
        REFUSE_LARGE_WITHDRAWAL,
    )
    from accounts.services.ledger.adjust_balance import ADJUST_BALANCE
    from accounts.services.ledger.grant_bonus import GRANT_BONUS
    from accounts.services.limits.raise_limit import RAISE_LIMIT
    from accounts.services.people.change_staff import CHANGE_STAFF
    from accounts.services.people.freeze_user import FREEZE_USER, UNFREEZE_USER

    staff = (ADJUST_BALANCE, GRANT_BONUS, FREEZE_USER, UNFREEZE_USER, RAISE_LIMIT, CHANGE_STAFF, CHANGE_TERMS)
    deposits = (LARGE_DEPOSIT, REFUSE_LARGE_DEPOSIT)
    withdrawals = (LARGE_WITHDRAWAL, REFUSE_LARGE_WITHDRAWAL, COMPLETE_LARGE_WITHDRAWAL, FAILED_WITHDRAWAL)
    for action in (*staff, *deposits, *withdrawals):
        register(action)
