"""The deposits, beneficiaries and withdrawals of the cashier. The database guards them itself: see sql/cashier/."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper
from django.utils.translation import gettext_lazy as _

from accounts.domain.cashier.real_money import (
    BENEFICIARY_DELAY,
    DEPOSIT_ENDS,
    WITHDRAWAL_ENDS,
    DepositState,
    Provider,
    WithdrawalState,
)


def payment_key(reference: Value | F) -> Upper:
    """Normalises a payment's reference: the result ignores case and spaces, so that one payment has one key."""
    return Upper(Replace(reference, Value(" "), Value("")))


class Deposit(models.Model):
    """A trader's request to pay in. Its id is the reference of the transfer that credits it, so it is credited once."""

    STATES = [
        (DepositState.REQUESTED, _("waiting for the payment")),
        (DepositState.REVIEW, _("in review")),
        (DepositState.DONE, _("done")),
        (DepositState.REFUSED, _("refused")),
        (DepositState.EXPIRED, _("expired")),
    ]

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, verbose_name=_("trader"))
    wallet = models.ForeignKey(
        "accounts.LedgerAccount", on_delete=models.PROTECT, db_index=False, verbose_name=_("wallet")
    )
    idempotency_key = models.CharField(_("idempotency key"), max_length=255)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=8)
    fee = models.DecimalField(_("fee"), max_digits=20, decimal_places=8, default=0)
    currency = models.CharField(_("currency"), max_length=10)
    provider = models.CharField(_("provider"), max_length=20)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, null=True)
    checkout_url = models.URLField(_("address of the payment"), max_length=500, blank=True)
    note = models.CharField(_("the trader's note on the payment"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=DepositState.REQUESTED)
    reason = models.TextField(_("reason"), blank=True)
    requested_at = models.DateTimeField(_("requested"))
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        db_table = "deposits"
        verbose_name, verbose_name_plural = _("deposit"), _("deposits")
        default_permissions = ("view",)
        permissions = [("decide_deposit", "Can credit and refuse deposits")]
        constraints = [
            models.UniqueConstraint(fields=["user", "idempotency_key"], name="one_deposit_a_key"),
            models.UniqueConstraint("provider", payment_key(F("provider_reference")), name="one_deposit_a_payment"),
            models.CheckConstraint(condition=Q(state__in=list(DepositState)), name="deposit_state_is_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**12, fee__gte=0, fee__lt=F("amount")),
                name="deposit_amounts_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DEPOSIT_ENDS, ended_at__isnull=False)
                | (~Q(state__in=DEPOSIT_ENDS) & Q(ended_at=None)),
                name="an_ended_deposit_says_when",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("user")), name="nobody_decides_on_their_own_deposit"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="deposits_of_a_user"),
            models.Index(fields=["expires_at"], name="deposits_waiting", condition=Q(state=DepositState.REQUESTED)),
            # The work of the back office: few rows among many.
            models.Index(
                fields=["requested_at"],
                name="deposits_to_credit",
                condition=Q(state=DepositState.REVIEW) | Q(state=DepositState.REQUESTED, provider=Provider.MANUAL),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class WebhookDelivery(models.Model):
    """A provider's message as received. Each delivery has its effect once, however often the provider sends it."""

    provider = models.CharField(_("provider"), max_length=20)
    delivery_id = models.CharField(_("delivery"), max_length=120)
    event = models.CharField(_("event"), max_length=60)
    reference = models.CharField(_("reference"), max_length=120)
    body = models.JSONField(_("body"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        db_table = "webhook_deliveries"
        verbose_name, verbose_name_plural = _("webhook delivery"), _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["provider", "delivery_id"], name="one_delivery_each")]

    def __str__(self) -> str:
        return f"{self.provider} {self.delivery_id}"


class Beneficiary(models.Model):
    """A destination for a trader's withdrawals, usable 24 hours after its creation. To change one, add another."""

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, verbose_name=_("trader"))
    currency = models.CharField(_("currency"), max_length=10)
    label = models.CharField(_("label"), max_length=60)
    address = models.CharField(_("address"), max_length=200)
    created_at = models.DateTimeField(_("added"))
    usable_from = models.DateTimeField(_("usable from"))
    removed_at = models.DateTimeField(_("removed"), null=True)

    class Meta:
        db_table = "beneficiaries"
        verbose_name, verbose_name_plural = _("beneficiary"), _("beneficiaries")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "currency", "address"], condition=Q(removed_at=None), name="one_beneficiary_an_address"
            ),
            models.CheckConstraint(
                condition=Q(usable_from__gte=F("created_at") + BENEFICIARY_DELAY), name="a_new_beneficiary_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Withdrawal(models.Model):
    """A trader's request to be paid out. `amount` and the fee on top are reserved at once."""

    STATES = [
        (WithdrawalState.REVIEW, _("in review")),
        (WithdrawalState.APPROVED, _("approved")),
        (WithdrawalState.DONE, _("done")),
        (WithdrawalState.REFUSED, _("refused")),
        (WithdrawalState.CANCELLED, _("cancelled")),
    ]

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, db_index=False, verbose_name=_("trader"))
    wallet = models.ForeignKey(
        "accounts.LedgerAccount", on_delete=models.PROTECT, db_index=False, verbose_name=_("wallet")
    )
    beneficiary = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, verbose_name=_("beneficiary"))
    idempotency_key = models.CharField(_("idempotency key"), max_length=255)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=8)
    fee = models.DecimalField(_("fee"), max_digits=20, decimal_places=8, default=0)
    currency = models.CharField(_("currency"), max_length=10)
    provider = models.CharField(_("provider"), max_length=20)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WithdrawalState.REVIEW)
    reason = models.TextField(_("reason"), blank=True)
    requested_at = models.DateTimeField(_("requested"))
    approved_at = models.DateTimeField(_("approved"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    """The member of staff of the last decision: who approved it, later who recorded its payment or returned it."""

    class Meta:
        db_table = "withdrawals"
        verbose_name, verbose_name_plural = _("withdrawal"), _("withdrawals")
        default_permissions = ("view",)
        permissions = [
            ("decide_withdrawal", "Can approve and refuse withdrawals"),
            ("complete_withdrawal", "Can say that a withdrawal has been paid out"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "idempotency_key"], name="one_withdrawal_a_key"),
            models.UniqueConstraint(
                "provider",
                payment_key(F("provider_reference")),
                condition=~Q(provider_reference=""),
                name="one_withdrawal_a_payout",
            ),
            models.CheckConstraint(condition=Q(state__in=list(WithdrawalState)), name="withdrawal_state_is_known"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**12, fee__gte=0, fee__lt=10**12),
                name="withdrawal_amounts_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WITHDRAWAL_ENDS, ended_at__isnull=False)
                | (~Q(state__in=WITHDRAWAL_ENDS) & Q(ended_at=None)),
                name="an_ended_withdrawal_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=WithdrawalState.DONE) | ~Q(provider_reference=""), name="a_payout_has_a_reference"
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("user")), name="nobody_decides_on_their_own_withdrawal"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="withdrawals_of_a_user"),
            models.Index(
                fields=["requested_at"],
                name="withdrawals_to_pay",
                condition=Q(state__in=[WithdrawalState.REVIEW, WithdrawalState.APPROVED]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
