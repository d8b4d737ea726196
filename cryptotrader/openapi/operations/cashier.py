"""Deposits and withdrawals of real money."""

from cryptotrader.openapi.operation import Operation, pages
from cryptotrader.openapi.words import UID

TAG = "Cashier"
PAGES = pages(50, 200, UID)
OPERATIONS = {
    "GET /api/v1/cashier": Operation("getCashier", TAG, "The terms of real money", {200: "Cashier"}),
    "GET /api/v1/deposits": Operation(
        "listDeposits", TAG, "Your deposits, newest first", {200: "Deposits"}, query=PAGES
    ),
    "POST /api/v1/deposits": Operation(
        "openDeposit",
        TAG,
        "Ask for a deposit",
        {201: "Deposit"},
        body="NewDeposit",
        key=True,
        refusals=(409, 422),
        leads=dict.fromkeys(("getDeposit", "submitDeposit"), "deposit_id /id"),
    ),
    "GET /api/v1/deposits/{deposit_id}": Operation(
        "getDeposit", TAG, "One of your deposits", {200: "Deposit"}, refusals=(404,)
    ),
    "POST /api/v1/deposits/{deposit_id}/submit": Operation(
        "submitDeposit",
        TAG,
        "Say that you have paid",
        {200: "Deposit"},
        body="DepositNote",
        refusals=(404, 409),
    ),
    "GET /api/v1/beneficiaries": Operation(
        "listBeneficiaries", TAG, "Your destinations for withdrawals", {200: "Beneficiaries"}
    ),
    "POST /api/v1/beneficiaries": Operation(
        "addBeneficiary",
        TAG,
        "Add a destination",
        {201: "Beneficiary"},
        body="NewBeneficiary",
        refusals=(409,),
        leads={"removeBeneficiary": "beneficiary_id /id"},
    ),
    "DELETE /api/v1/beneficiaries/{beneficiary_id}": Operation(
        "removeBeneficiary", TAG, "Remove a destination", {204: None}, refusals=(404, 409, 413, 415)
    ),
    "GET /api/v1/withdrawals": Operation(
        "listWithdrawals", TAG, "Your withdrawals, newest first", {200: "Withdrawals"}, query=PAGES
    ),
    "POST /api/v1/withdrawals": Operation(
        "requestWithdrawal",
        TAG,
        "Ask for a withdrawal",
        {201: "Withdrawal"},
        body="NewWithdrawal",
        key=True,
        refusals=(404, 409, 422),
        leads=dict.fromkeys(("getWithdrawal", "cancelWithdrawal"), "withdrawal_id /id"),
    ),
    "GET /api/v1/withdrawals/{withdrawal_id}": Operation(
        "getWithdrawal", TAG, "One of your withdrawals", {200: "Withdrawal"}, refusals=(404,)
    ),
    "POST /api/v1/withdrawals/{withdrawal_id}/cancel": Operation(
        "cancelWithdrawal",
        TAG,
        "Cancel a withdrawal under review",
        {200: "Withdrawal"},
        body="Nothing",
        refusals=(404, 409),
    ),
}
