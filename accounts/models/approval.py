from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain.approvals.requests import Decision, RequestState
from accounts.domain.approvals.subjects import Subject


class ApprovalRequest(models.Model):
    """An action that one member of staff asks for and others must approve. `subject` names its subject, e.g. `user:5`.

    The database enforces the rules too: see sql/approvals/.
    """

    STATES = [
        (RequestState.PENDING, _("pending")),
        (RequestState.EXECUTED, _("executed")),
        (RequestState.REFUSED, _("refused")),
        (RequestState.WITHDRAWN, _("withdrawn")),
        (RequestState.EXPIRED, _("expired")),
    ]

    id = models.UUIDField(primary_key=True, editable=False)
    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(_("subject"), max_length=80)
    arguments = models.JSONField(_("arguments"), default=dict)
    reason = models.TextField(_("reason"))
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"), default=1)
    requested_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"))
    expires_at = models.DateTimeField(_("expires"))
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=RequestState.PENDING)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        db_table = "approval_requests"
        verbose_name, verbose_name_plural = _("approval request"), _("approval requests")
        constraints = [
            models.UniqueConstraint(
                fields=["action", "subject"], condition=Q(state=RequestState.PENDING), name="one_pending_request_each"
            ),
            models.CheckConstraint(condition=Q(state__in=list(RequestState)), name="request_state_is_known"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="a_request_has_a_reason"),
            models.CheckConstraint(condition=Q(approvals_needed__gte=1), name="somebody_else_approves"),
            models.CheckConstraint(
                condition=Q(state=RequestState.PENDING, ended_at=None)
                | (~Q(state=RequestState.PENDING) & Q(ended_at__isnull=False)),
                name="an_ended_request_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"

    @property
    def about(self) -> Subject:
        """The parsed subject. Raises NotFound for a text that `Subject` can't parse."""
        return Subject.parse(self.subject)


class ApprovalDecision(models.Model):
    """A decision of one person; the requester can't decide. Never changed, never deleted."""

    DECISIONS = [(Decision.APPROVE, _("approve")), (Decision.REFUSE, _("refuse"))]

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(_("decision"), max_length=8, choices=DECISIONS)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        db_table = "approval_decisions"
        verbose_name, verbose_name_plural = _("approval decision"), _("approval decisions")
        constraints = [
            models.UniqueConstraint(fields=["request", "decided_by"], name="one_decision_each"),
            models.CheckConstraint(condition=Q(decision__in=list(Decision)), name="decision_is_known"),
            models.CheckConstraint(
                condition=Q(decision=Decision.APPROVE) | Q(reason__regex=r"\S"), name="who_refuses_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.request_id}"
