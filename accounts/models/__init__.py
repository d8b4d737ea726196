"""The tables of this room. Other rooms use its services and selectors instead."""

from accounts.models.api_key import ApiKey, SpentSignature
from accounts.models.approval import ApprovalDecision, ApprovalRequest
from accounts.models.attempts import AttemptTally
from accounts.models.audit import AuditEvent
from accounts.models.cashier import Beneficiary, Deposit, WebhookDelivery, Withdrawal
from accounts.models.cashier_terms import CashierTerms
from accounts.models.ledger import LedgerAccount, Transfer
from accounts.models.limits import Exclusion, TradingLimit
from accounts.models.login import Login
from accounts.models.office import AlertAnswer, Announcement, ListExport, PersonNote, WorkClaim
from accounts.models.push import PushKey, PushMessage, PushSubscription
from accounts.models.user import User
from accounts.models.webhook import WebhookEndpoint, WebhookMessage

__all__ = [
    "AlertAnswer",
    "Announcement",
    "ApiKey",
    "ApprovalDecision",
    "ApprovalRequest",
    "AttemptTally",
    "AuditEvent",
    "Beneficiary",
    "CashierTerms",
    "Deposit",
    "Exclusion",
    "LedgerAccount",
    "ListExport",
    "Login",
    "PersonNote",
    "PushKey",
    "PushMessage",
    "PushSubscription",
    "SpentSignature",
    "TradingLimit",
    "Transfer",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
    "Withdrawal",
    "WorkClaim",
]
