"""Connects allauth's doors (pages, `_allauth/`, tokens) to our services."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.password_reset import get_reset_password_url
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.core.internal.httpkit import is_headless_request
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.domain.access.devices import device_name
from accounts.domain.access.scopes import LoginMethod
from accounts.domain.errors import InvalidInput, TooManyAttempts
from accounts.domain.mailbox import mailbox_if_any
from accounts.metrics import LOGINS_REFUSED, LoginRefusal
from accounts.models import User
from accounts.selectors.access.api_keys import live_keys
from accounts.selectors.access.devices import is_new_device
from accounts.selectors.access.logins import id_of_email, locale_of_email
from accounts.selectors.people.person import id_of
from accounts.services.access.check_own_password import check_own_password
from accounts.services.access.count_attempts import count_attempts, forget_failures, password_subjects, refuse_locked
from accounts.services.access.record_login import record_login
from accounts.services.access.replace_password import replace_password
from accounts.services.people.mail_first_key import mail_first_key
from accounts.site import absolute
from accounts.web.access.known_devices import known_device, link_key, remember_device
from accounts.web.access.lock_told import lock_in_form
from accounts.web.mails import compose, post

LINKS = ("activate_url", "password_reset_url", "signup_url")
"""allauth's names for the link in a mail; the first one present counts."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Records every attempt to sign in, and sends mails from our own templates."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many failed login attempts. Try again later, or open the link that we have mailed to the account's "
            "owner."
        ),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends our own template of the same name, in the language of the email's owner."""
        link = next((context[key] for key in LINKS if key in context), None)
        device = device_name(context.get("user_agent", ""))
        name = template_prefix.rpartition("/")[2]
        locale = locale_of_email(email) or get_language() or "en"
        post(compose(name, to=email, locale=locale, context=context | {"link": link, "device": device}))

    def clean_email(self, email: str) -> str:
        return mailbox_if_any(email)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Signs in by any spelling of the email, and counts all of them as one."""
        email = mailbox_if_any(credentials.pop("email", None) or "")
        user: User | None = super().authenticate(request, email=email, **credentials)
        return user

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Mails the key to the stored address, never to the typed one."""
        super().send_password_reset_mail(user, user.email, context)

    def set_password(self, user: User, password: str) -> None:
        """allauth's hook for every change and reset: keeps this session of the person, and ends all other access."""
        own = self.request.session.session_key if self.request.user.pk == user.pk else None
        replace_password(user=user, password=password, keep_session_key=own, now=timezone.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Leads to the API keys that still work, if there are any: their owner may want to end them too."""
        return reverse("api_keys" if live_keys(id_of(request.user), timezone.now()).exists() else "security")

    def reauthenticate(self, user: User, password: str) -> bool:
        try:
            check_own_password(user=user, password=password, now=timezone.now())
        except InvalidInput:
            return False
        except TooManyAttempts as error:
            raise lock_in_form(error) from error
        return True

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells the owner about a change of the account, with a link to a new password in case of a theft."""
        keys = ", ".join(live_keys(user.pk, timezone.now()).order_by("pk").values_list("name", flat=True))
        way = {"password_reset_url": get_reset_password_url(self.request), "keys": keys}
        super().send_notification_mail(template_prefix, user, (context or {}) | way, email)

    def should_send_confirmation_mail(self, request: HttpRequest, email_address: EmailAddress, signup: bool) -> bool:
        """Whether allauth sends the key, unless it sent one a moment ago. We send the first one ourselves."""
        if signup:
            mail_first_key(address=email_address, request=request)
        return not signup

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if request.path.startswith("/api/"):  # a program has no page to show it on
            return
        # The next page says it. Besides, its presence or absence must not tell strangers which emails have accounts.
        if "account/messages/email_confirmation_sent.txt" not in args:
            super().add_message(request, *args, **kwargs)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own count is in Redis. Ours works without Redis, and counts pages and tokens together."""
        email, address = credentials.get("email") or "", request.META.get("REMOTE_ADDR", "")
        user_id = id_of_email(email)
        self._subjects = password_subjects(email=email, address=address, device=_device(request, user_id))
        with self._refusing():
            try:
                refuse_locked(subjects=self._subjects, now=timezone.now())
            except TooManyAttempts:
                self._offer_link(request, email, user_id)
                raise

    def _offer_link(self, request: HttpRequest, email: str, user_id: int | None) -> None:
        """Mails the owner a way past the lock, now and then. The refusal is the same for an unknown email."""
        if user_id is not None and ratelimit.consume(request, action="known_device", key=email):
            link = absolute(reverse("know_device", args=[link_key(user_id)]))
            self.send_mail("account/email/known_device", email, {"activate_url": link})

    def _rollback_login_failed_rl_usage(self) -> None:  # allauth's hook for a right password
        with self._refusing():
            count_attempts(subjects=self._subjects, succeeded=True, now=timezone.now())

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except TooManyAttempts as error:
            LOGINS_REFUSED.labels(LoginRefusal.LOCKED).inc()
            if is_headless_request(self.request):  # programs get the problem itself, with the time to wait
                raise
            raise self.validation_error("too_many_login_attempts") from error

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's hook for a reset by mail: the reader of the mailbox unlocks the account that others have locked."""
        email, address = credentials["email"], request.META.get("REMOTE_ADDR", "")
        forget_failures(email=email, address=address, device=_device(request, id_of_email(email)))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        with self._refusing():
            count_attempts(subjects=self._subjects, succeeded=False, now=timezone.now())
        LOGINS_REFUSED.labels(LoginRefusal.CREDENTIALS).inc()
        user_id = id_of_email(credentials.get("email") or "")
        if user_id is not None:
            self._record(request, user_id, _method(request), succeeded=False)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if not user.is_active:
            LOGINS_REFUSED.labels(LoginRefusal.INACTIVE).inc()
            self._record(request, user.pk, _method(request, user), succeeded=False)
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return refusal

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        new = is_new_device(user.pk, request.headers.get("User-Agent", ""))
        self._record(request, user.pk, _method(request, user), succeeded=True)
        if new:
            self.send_notification_mail("account/email/new_device", user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(response, request, user.pk)
        return response

    def _record(self, request: HttpRequest, user_id: int, method: LoginMethod, *, succeeded: bool) -> None:
        record_login(
            user_id=user_id,
            method=method,
            succeeded=succeeded,
            address=request.META.get("REMOTE_ADDR"),
            device=request.headers.get("User-Agent", ""),
            now=timezone.now(),
        )


def _device(request: HttpRequest, user_id: int | None) -> str | None:
    return known_device(request, user_id) if user_id is not None else None


def _method(request: HttpRequest, user: User | None = None) -> LoginMethod:
    """Returns the method of an attempt to sign in. A passkey is recognised only after it succeeded."""
    if request.path.startswith("/api/") or is_headless_request(request) == "app":
        return LoginMethod.TOKEN
    if user and any(record.get("passwordless") for record in get_authentication_records(request, user)):
        return LoginMethod.PASSKEY
    return LoginMethod.PASSWORD
