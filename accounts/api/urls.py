from django.urls import path

from accounts.api.access import api_keys, trading_stop
from accounts.api.access import tokens as auth
from accounts.api.cashier import deposits, webhooks, withdrawals
from accounts.api.ledger import statement, wallets
from accounts.api.limits import exclusions
from accounts.api.people import me
from accounts.api.webhooks import endpoints

urlpatterns = [
    path("auth/register", auth.Register.as_view()),
    path("auth/verify-email", auth.VerifyEmail.as_view()),
    path("auth/resend-verification", auth.ResendVerification.as_view()),
    path("auth/token", auth.Token.as_view()),
    path("auth/refresh", auth.Refresh.as_view()),
    path("me", me.Me.as_view()),
    path("me/close", me.Close.as_view()),
    path("auth/logout", auth.Logout.as_view()),
    path("api-keys", api_keys.ApiKeys.as_view()),
    path("api-keys/<id:key_id>", api_keys.ApiKeyDetail.as_view()),
    path("trading-stop", trading_stop.TradingStop.as_view()),
    path("time-outs", exclusions.TimeOuts.as_view()),
    path("self-exclusions", exclusions.SelfExclusions.as_view()),
    path("wallets", wallets.Wallets.as_view()),
    path("wallets/<id:wallet_id>/top-up", wallets.TopUp.as_view()),
    path("wallets/<id:wallet_id>/reset", wallets.Reset.as_view()),
    path("wallets/<id:wallet_id>/statement", statement.Statement.as_view(), name="statement_api"),
    path("wallets/<id:wallet_id>/statement.csv", statement.StatementCsv.as_view(), name="statement_csv"),
    path("wallets/<id:wallet_id>/statement.json", statement.StatementJson.as_view(), name="statement_json"),
    path("cashier", deposits.Cashier.as_view()),
    path("deposits", deposits.Deposits.as_view()),
    path("deposits/<uid:deposit_id>", deposits.DepositDetail.as_view()),
    path("deposits/<uid:deposit_id>/submit", deposits.DepositSubmission.as_view()),
    path("withdrawals", withdrawals.Withdrawals.as_view()),
    path("withdrawals/<uid:withdrawal_id>", withdrawals.WithdrawalDetail.as_view()),
    path("withdrawals/<uid:withdrawal_id>/cancel", withdrawals.WithdrawalCancellation.as_view()),
    path("beneficiaries", withdrawals.Beneficiaries.as_view()),
    path("beneficiaries/<uid:beneficiary_id>", withdrawals.BeneficiaryDetail.as_view()),
    path("webhooks", endpoints.Webhooks.as_view()),
    path("webhooks/<uid:webhook_id>", endpoints.WebhookDetail.as_view()),
    path("webhooks/<uid:webhook_id>/on", endpoints.WebhookOn.as_view()),
    path("webhooks/<uid:webhook_id>/test", endpoints.WebhookTest.as_view()),
    path("webhooks/<uid:webhook_id>/messages", endpoints.WebhookMessages.as_view()),
    path("webhooks/btcpay", webhooks.BTCPayWebhook.as_view()),
]
