"""The settings of signing in, most of them of django-allauth. `settings.py` imports all of them."""

from cryptotrader import env

ACCOUNT_ADAPTER = "accounts.web.access.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "accounts.web.access.sign_up_form.SignUpForm",
    "login": "accounts.web.access.mailbox_forms.LoginMailboxForm",
    "change_password": "accounts.web.access.password_forms.ChangeOwnPasswordForm",
    "reset_password": "accounts.web.access.mailbox_forms.ResetMailboxForm",
    "reset_password_from_key": "accounts.web.access.password_forms.ChooseNewPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {
    # allauth counts in Redis and refuses everybody without it; our own count of guesses is in PostgreSQL.
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "signup": "20/m/ip,200/d/ip",
    "confirm_email": "1/m/key,20/d/key",
    "resend_verification": "20/m/ip,5/m/key",
    "known_device": "1/15m/key,10/d/key",
    "reset_password": "20/m/ip,5/m/key,20/d/key",
}
ACCOUNT_SESSION_REMEMBER = True

MFA_ADAPTER = "accounts.web.access.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.web.access.second_factor.AuthenticateCodeForm",
    "reauthenticate": "accounts.web.access.second_factor.ReauthenticateCodeForm",
    "activate_totp": "accounts.web.access.second_factor.ActivateAppForm",
    "add_webauthn": "accounts.web.access.second_factor.AddPasskeyForm",
    "edit_webauthn": "accounts.web.access.second_factor.EditPasskeyForm",
    "login_webauthn": "accounts.web.access.second_factor.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.web.access.second_factor.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.web.access.second_factor.ReauthenticatePasskeyForm",
}
MFA_TOTP_ISSUER = env.text("MFA_TOTP_ISSUER", "cryptotrader")
MFA_TOTP_TOLERANCE = 1  # half minutes, for the set-up of an app: as in check_second_factor
MFA_RECOVERY_CODES_SHOW_ONCE = MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.flag("DJANGO_DEBUG")

HEADLESS_ADAPTER = "accounts.web.access.links.LinkAdapter"
HEADLESS_CLIENTS = ("app",)  # browsers use the pages
HEADLESS_TOKEN_STRATEGY = "accounts.web.access.app_sessions.AppSessions"
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = env.text("JWT_SECRET")
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = env.seconds("JWT_ACCESS_EXPIRES_IN", "15m")
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = env.seconds("JWT_EXPIRES_IN", "7d")
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True

ADMIN_MFA_REQUIRED = env.flag("ADMIN_MFA_REQUIRED", not env.flag("DJANGO_DEBUG"))

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # no copy in Redis: an ended session has ended everywhere
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not env.flag("DJANGO_DEBUG")
# `__Host-`: no other host of the domain, and no page without TLS, can set them. Browsers refuse it without TLS.
SESSION_COOKIE_NAME = "sessionid" if env.flag("DJANGO_DEBUG") else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if env.flag("DJANGO_DEBUG") else "__Host-csrftoken"
SESSION_COOKIE_AGE = 14 * 86_400  # staff's sessions end sooner: see accounts/domain/access/session_life.py
