"""Routes of the security pages. allauth finds its own pages by name, so their names stay."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from accounts.web.access import devices
from accounts.web.access.security import AddPasskey, SetUpApp, security

AREA = {"area": "security"}

urlpatterns = [
    path("", security, name="security"),
    path("", security, name="mfa_index"),
    path("", security, name="mfa_list_webauthn"),
    path("app/", SetUpApp.as_view(extra_context=AREA), name="mfa_activate_totp"),
    path("app/remove/", totp.DeactivateTOTPView.as_view(extra_context=AREA), name="mfa_deactivate_totp"),
    path(
        "recovery-codes/",
        recovery_codes.ViewRecoveryCodesView.as_view(extra_context=AREA),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        recovery_codes.GenerateRecoveryCodesView.as_view(extra_context=AREA),
        name="mfa_generate_recovery_codes",
    ),
    path("passkeys/add/", AddPasskey.as_view(extra_context=AREA), name="mfa_add_webauthn"),
    path("passkeys/<id:pk>/name/", webauthn.EditWebAuthnView.as_view(extra_context=AREA), name="mfa_edit_webauthn"),
    path(
        "passkeys/<id:pk>/remove/",
        webauthn.RemoveWebAuthnView.as_view(extra_context=AREA),
        name="mfa_remove_webauthn",
    ),
    path("devices/", devices.devices, name="devices"),
    path("devices/<id:id>/sign-out/", devices.sign_out, name="sign_out_device"),
    path("devices/sign-out-others/", devices.sign_out_others, name="sign_out_others"),
    path("devices/know/<str:key>/", devices.know_device, name="know_device"),
    path("logins/", devices.logins, name="logins"),
    path("sign-in/", base.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("confirm/", base.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]
