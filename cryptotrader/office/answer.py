"""The page on which a member of staff answers an alert: what was found and done."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.admin.refusals import refusal_text
from accounts.domain.approvals.work import AnsweredMeanwhile
from accounts.domain.errors import InvalidInput
from accounts.domain.office_texts import NOTE_LENGTH_MAX
from accounts.selectors.approvals.work import ANSWER_LASTS, answers_to
from accounts.selectors.people.person import id_of
from accounts.services.approvals.answer_alert import answer_alert
from cryptotrader.office.alerts import alerts_now, words
from cryptotrader.office.work import ALERTS, MAY_ANSWER, OPENED_BY

SHOWN_MAX = 10


def answer(request: HttpRequest) -> HttpResponse:
    """Shows the alert that `subject` names with its earlier answers; POST with `text` answers it."""
    if not request.user.has_perms((OPENED_BY[ALERTS], MAY_ANSWER)):
        raise PermissionDenied
    subject = request.POST.get("subject") or request.GET.get("subject", "")
    fault = alerts_now().get(subject)
    if fault is None:
        messages.info(request, gettext("This alert is over."))
        return HttpResponseRedirect(reverse("admin:work"))
    text = request.POST.get("text", "")
    if request.method == "POST" and _answered(request, subject, text):
        return HttpResponseRedirect(reverse("admin:work"))
    context = {
        "title": gettext("Answer an alert"),
        "subject": subject,
        "alert": words(fault),
        "fix": gettext(fault.fix),
        "earlier": answers_to(subject, limit=SHOWN_MAX),
        "hours": int(ANSWER_LASTS.total_seconds() // 3600),
        "length_max": NOTE_LENGTH_MAX,
        "text": text,
    }
    return TemplateResponse(request, "office/answer.html", {**admin.site.each_context(request), **context})


def _answered(request: HttpRequest, subject: str, text: str) -> bool:
    """Whether the alert has an answer now, this one or a colleague's."""
    try:
        answer_alert(subject=subject, text=text, answered_by=id_of(request.user), now=timezone.now())
    except InvalidInput as refusal:
        messages.error(request, refusal_text(refusal))
        return False
    except AnsweredMeanwhile as refusal:
        messages.error(request, refusal_text(refusal))
    return True
