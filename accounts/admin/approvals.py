"""The staff pages of approvals: the list, one request with its reason, the form to ask, the buttons to decide."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Case, Count, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.approval_words import arguments_of, book_of, subject_name
from accounts.admin.audit import Audited
from accounts.admin.large_lists import OneOf
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.admin.refusals import ended_text, executed_text, fault_text, refusal_text
from accounts.approval_actions import Action, Field, action_named, registered_actions
from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.requests import Decision, RequestEnded, RequestState, may_approve, may_request
from accounts.domain.approvals.subjects import Subject
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.domain.errors import NotFound, Refusal
from accounts.models import ApprovalDecision, ApprovalRequest
from accounts.selectors.approvals.work import with_units
from accounts.selectors.people.person import id_of
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.services.approvals.take_back_request import take_back_request

REASON_SHOWN = 120
"""Characters of a reason in the list. The request's own page shows the whole reason."""


class ActionFilter(OneOf):
    title, parameter_name = _("action"), "action"

    def known(self) -> Mapping[str, str]:
        return {action.name: action.title for action in registered_actions()}


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(Audited, ReadOnlyAdmin):
    list_display = ("what", "standing", "subject_link", "why", "asked", "expires")
    list_display_links = ("what",)
    list_filter = ("state", ActionFilter)
    list_select_related = ("requested_by",)
    search_fields = ("subject", "requested_by__email", "reason")
    search_help_text = _("Subject, email of the author, or words of the reason")
    change_form_template = "admin/approval_request.html"
    ordering = (Case(When(state=RequestState.PENDING, then=Value(0)), default=Value(1)), "-requested_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApprovalRequest]:
        approvals = ApprovalDecision.objects.filter(request=OuterRef("pk"), decision=Decision.APPROVE)
        counted = approvals.order_by().values("request").annotate(n=Count("pk")).values("n")
        requests: QuerySet[ApprovalRequest] = super().get_queryset(request)
        return with_units(requests).annotate(approved=Coalesce(Subquery(counted), 0))

    @admin.display(description=_("action"))
    def what(self, request: ApprovalRequest) -> str:
        return columns.lines(gettext(action_named(request.action).title), *arguments_of(request), book_of(request))

    @admin.display(description=_("subject"))
    def subject_link(self, request: ApprovalRequest) -> str:
        address = subject_address(action_named(request.action), request.about)
        shown = subject_name(request.about)
        return format_html('<a href="{}">{}</a>', address, shown) if address else shown

    @admin.display(description=_("reason"))
    def why(self, request: ApprovalRequest) -> str:
        shown = Truncator(request.reason).chars(REASON_SHOWN)
        return shown if shown == request.reason else format_html('<span title="{}">{}</span>', request.reason, shown)

    @admin.display(description=_("asked"), ordering="requested_at")
    def asked(self, request: ApprovalRequest) -> str:
        return format_html("{}<br>{}", request.requested_by, columns.instant(request.requested_at))

    @admin.display(description=_("expires"), ordering="expires_at")
    def expires(self, request: ApprovalRequest) -> str:
        return columns.instant(request.expires_at)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, request: Any) -> str:
        approvals = gettext("{count} of {needed}").format(count=request.approved, needed=request.approvals_needed)
        return format_html("<strong>{}</strong><br>✓ {}", request.get_state_display(), approvals)

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("ask/<str:action>/<str:subject>/", self.ask, "ask"),
            ("<uid:request_id>/decide/", self.decide, "decide"),
        ]
        pages = [
            path(route, self.admin_site.admin_view(view), name=f"accounts_approvalrequest_{name}")
            for route, view, name in own
        ]
        return pages + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = self.get_object(request, object_id)
        if asked is None:
            raise Http404(object_id)
        action = action_named(asked.action)
        own = id_of(request.user) in {asked.requested_by_id, action.owner(asked.about)}
        waits = asked.state == RequestState.PENDING and asked.expires_at > timezone.now()
        context = {
            "asked": asked,
            "action_title": gettext(action.title),
            "lines": _described(action, asked),
            "subject_address": subject_address(action, asked.about),
            "decisions": asked.decisions.select_related("decided_by").order_by("pk"),
            "waits": waits,
            "own": own,
            "may_decide": waits and not own and request.user.has_perm(f"accounts.{may_approve(asked.action)}"),
            "decided": asked.decisions.filter(decided_by_id=id_of(request.user)).exists(),
        }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def decide(self, request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Handles POST with `decision` (approve, refuse or withdraw) and `reason`."""
        back = HttpResponseRedirect(reverse("admin:accounts_approvalrequest_change", args=[request_id]))
        chosen, person = request.POST.get("decision"), id_of(request.user)
        try:
            if chosen == "withdraw":
                ended = take_back_request(request_id=request_id, taken_back_by=person, now=timezone.now())
            elif chosen in list(Decision):
                ended = decide_request(
                    request_id=request_id,
                    decision=Decision(chosen),
                    reason=request.POST.get("reason", ""),
                    decided_by=person,
                    clock=timezone.now,
                )
            else:
                return back
        except NotFound as error:
            raise Http404(str(request_id)) from error
        except RequestEnded as refusal:
            messages.error(request, ended_text(refusal, request_id))
        except Refusal as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            messages.success(request, gettext("Noted. State: {state}").format(state=ended.get_state_display()))
        return back

    def ask(self, request: HttpRequest, action: str, subject: str) -> HttpResponse:
        """Shows the form that asks for an action on a subject. POST takes `reason` and the action's arguments."""
        known, asked = _requestable(request, action), ApprovalRequest(action=action, subject=subject, arguments={})
        lines, typed = _described(known, asked), dict(known.present(asked.about))
        faults: dict[str, str] = {}
        if request.method == "POST":
            arguments = typed = {field.name: _typed(request, field) for field in known.fields}
            try:
                made = request_approval(
                    action=action,
                    subject=subject,
                    arguments=arguments,
                    reason=request.POST.get("reason", ""),
                    requested_by=id_of(request.user),
                    now=timezone.now(),
                    made_from=request.POST.get("made_from"),
                )
            except NotFound as error:
                raise Http404(subject) from error
            except ChangedMeanwhile as refusal:
                return _anew(request, executed_text(refusal, known, subject))
            except Refusal as refusal:
                messages.error(request, refusal_text(refusal))
                faults = {fault.field: fault_text(fault) for fault in refusal.fields}
            else:
                messages.success(request, gettext("Requested. Another member of staff has to approve it."))
                return HttpResponseRedirect(reverse("admin:accounts_approvalrequest_change", args=[made.id]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext(known.title),
            "action": known,
            "made_from": request.POST.get("made_from") or mark_of(known.present(asked.about)),
            "fields": [_shown(field, typed.get(field.name, ""), faults) for field in known.fields],
            "reason": request.POST.get("reason", ""),
            "subject": subject,
            "subject_address": subject_address(known, asked.about),
            "lines": lines,
        }
        return TemplateResponse(request, "admin/approval_ask.html", context)


def _anew(request: HttpRequest, said: str) -> HttpResponse:
    """The page as it is at this moment, with the reason why."""
    messages.error(request, said)
    return HttpResponseRedirect(request.get_full_path())


def ask_address(action: str, subject: Subject) -> str:
    """Returns the address of the form that asks for this action on this subject."""
    return reverse("admin:accounts_approvalrequest_ask", args=[action, str(subject)])


def subject_address(action: Action, subject: Subject) -> str:
    """Returns the address of the subject's staff page, or an empty string if it has none."""
    try:
        return reverse(action.subject_page, args=[quote(subject.key)]) if action.subject_page else ""
    except NoReverseMatch:
        return ""


def _typed(request: HttpRequest, field: Field) -> str:
    if field.many:
        return ",".join(request.POST.getlist(field.name))
    return request.POST.get(field.name, "").strip()


def _shown(field: Field, value: str, faults: Mapping[str, str]) -> dict[str, object]:
    chosen = set(value.split(",")) if field.many else {value}
    choices = [(choice, label, choice in chosen) for choice, label in field.choices]
    return {"field": field, "value": value, "choices": choices, "fault": faults.get(field.name, "")}


def _requestable(request: HttpRequest, name: str) -> Action:
    try:
        action = action_named(name)
    except NotFound as error:
        raise Http404(name) from error
    if not request.user.has_perm(f"accounts.{may_request(name)}"):
        raise Http404(name)
    return action


def _described(action: Action, asked: ApprovalRequest) -> list[tuple[str, str]]:
    try:
        return list(action.describe(asked))
    except NotFound as error:
        raise Http404(asked.subject) from error
