"""Wallets and their statements."""

from accounts.domain.ledger.transfers import TransferKind
from cryptotrader.openapi.operation import Operation, pages
from cryptotrader.openapi.words import UID, choice, text

TAG = "Wallets"
TIME = {"type": "string", "format": "date-time"}
FILTER = {"kind": choice(TransferKind), "since": TIME, "until": TIME, "reference": UID}
STATEMENT = "/api/v1/wallets/{wallet_id}/statement"
OPERATIONS = {
    "GET /api/v1/wallets": Operation(
        "listWallets",
        TAG,
        "Your wallets",
        {200: "Wallets"},
        leads=dict.fromkeys(
            ("topUpWallet", "resetWallet", "listStatement", "getStatementCsv", "getStatementJson"),
            "wallet_id /results/0/id",
        ),
    ),
    "POST /api/v1/wallets": Operation(
        "openWallet", TAG, "Open a real wallet", {200: "Wallet", 201: "Wallet"}, body="NewWallet", refusals=(409,)
    ),
    "POST /api/v1/wallets/{wallet_id}/top-up": Operation(
        "topUpWallet",
        TAG,
        "Raise a demo wallet to its first amount",
        {200: "Wallet"},
        body="Nothing",
        refusals=(404, 409),
    ),
    "POST /api/v1/wallets/{wallet_id}/reset": Operation(
        "resetWallet",
        TAG,
        "Set a demo wallet to its first amount",
        {200: "Wallet"},
        body="Nothing",
        refusals=(404, 409),
    ),
    f"GET {STATEMENT}": Operation(
        "listStatement",
        TAG,
        "Every transfer from or to the wallet, newest first",
        {200: "Statement"},
        query={**FILTER, **pages(50, 200, text(pattern="^(0|[1-9][0-9]{0,17})$"))},
        refusals=(404,),
    ),
    f"GET {STATEMENT}.csv": Operation(
        "getStatementCsv",
        TAG,
        "The whole statement as CSV, oldest first",
        {200: "Statement"},
        query=FILTER,
        refusals=(404,),
        media="text/csv",
    ),
    f"GET {STATEMENT}.json": Operation(
        "getStatementJson",
        TAG,
        "The whole statement as JSON, oldest first",
        {200: "WholeStatement"},
        query=FILTER,
        refusals=(404,),
    ),
}
