"""Routes of a person's own pages, and of the allauth pages that we use.

allauth's page to change the email isn't among them: see docs/decisions/0012.
"""

from allauth.account import views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts.web.access import api_keys
from accounts.web.access.sign_up import SignUp
from accounts.web.access.verification import Resend, mail_sent_page
from accounts.web.cashier import beneficiaries, deposits, withdrawals
from accounts.web.ledger import wallets
from accounts.web.ledger.statement import statement
from accounts.web.people.announcements_page import announcements_page
from accounts.web.people.closing import close
from accounts.web.people.language import set_language
from accounts.web.people.settings import settings
from accounts.web.push import pushes
from accounts.web.webhooks import webhooks

urlpatterns = [
    # Password managers look there for the page on which a password is changed.
    path(".well-known/change-password", RedirectView.as_view(pattern_name="account_change_password")),
    path("security/", include("accounts.web.access.urls")),
    path("account/keys/", api_keys.keys, name="api_keys"),
    path("account/keys/revoke-all/", api_keys.revoke_all, name="revoke_all_api_keys"),
    path("account/keys/stop/", api_keys.stop, name="stop_trading"),
    path("account/keys/allow/", api_keys.allow, name="allow_trading"),
    path("account/keys/<id:key_id>/allow/", api_keys.allow, name="allow_trading_of_key"),
    path("account/keys/<id:key_id>/revoke/", api_keys.revoke, name="revoke_api_key"),
    path("account/webhooks/", webhooks.webhooks, name="webhooks"),
    path("account/webhooks/<uid:webhook_id>/", webhooks.webhook, name="webhook"),
    path("account/webhooks/<uid:webhook_id>/test/", webhooks.test, name="test_webhook"),
    path("account/webhooks/<uid:webhook_id>/on/", webhooks.switch_on, name="switch_on_webhook"),
    path("account/webhooks/<uid:webhook_id>/remove/", webhooks.remove, name="remove_webhook"),
    path("wallet/", wallets.overview, name="wallet"),
    path("wallet/statement/", statement, name="statement"),
    path("wallet/open/", wallets.open_real, name="open_wallet"),
    path("wallet/<id:id>/use/", wallets.use, name="use_wallet"),
    path("wallet/<id:id>/top-up/", wallets.top_up, name="top_up"),
    path("wallet/<id:id>/reset/", wallets.reset, name="reset"),
    path("wallet/deposit/", deposits.deposit, name="deposits"),
    path("wallet/deposits/<uid:deposit_id>/", deposits.deposit_detail, name="deposit"),
    path("wallet/withdraw/", withdrawals.withdraw, name="withdrawals"),
    path("wallet/withdrawals/<uid:withdrawal_id>/cancel/", withdrawals.cancel, name="cancel_withdrawal"),
    path("wallet/beneficiaries/add/", beneficiaries.add, name="add_beneficiary"),
    path("wallet/beneficiaries/<uid:beneficiary_id>/remove/", beneficiaries.remove, name="remove_beneficiary"),
    path("settings/", settings, name="settings"),
    path("settings/notifications/", pushes.notifications, name="notifications"),
    path("settings/notifications/subscribe/", pushes.subscribe, name="subscribe_to_pushes"),
    path("settings/notifications/<id:id>/end/", pushes.end, name="end_pushes"),
    path("settings/close/", close, name="close_account"),
    path("announcements/", announcements_page, name="announcements"),
    path("i18n/setlang/", set_language, name="set_language"),
    path("accounts/login/", views.login, name="account_login"),
    path("accounts/logout/", views.logout, name="account_logout"),
    path("accounts/signup/", SignUp.as_view(), name="account_signup"),
    path(
        "accounts/confirm-email/",
        mail_sent_page(views.EmailVerificationSentView),
        name="account_email_verification_sent",
    ),
    path("accounts/confirm-email/resend/", Resend.as_view(), name="resend_verification"),
    re_path(r"^accounts/confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"),
    path("accounts/inactive/", views.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path(
        "accounts/password/change/",
        views.PasswordChangeView.as_view(extra_context={"area": "security"}),
        name="account_change_password",
    ),
    path("accounts/password/set/", views.password_set, name="account_set_password"),
    path("accounts/password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "accounts/password/reset/done/", mail_sent_page(views.PasswordResetDoneView), name="account_reset_password_done"
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
