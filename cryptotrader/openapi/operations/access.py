"""Accounts, tokens and API keys."""

from cryptotrader.openapi.operation import Operation

ACCOUNT, KEYS = "Account", "API keys"


def door(id: str, summary: str, status: int, shape: str, body: str, *refusals: int) -> Operation:
    return Operation(id, ACCOUNT, summary, {status: shape}, body=body, public=True, refusals=refusals)


OPERATIONS = {
    "POST /api/v1/auth/register": door("register", "Make an account", 202, "Mailed", "Registration"),
    "POST /api/v1/auth/verify-email": door(
        "verifyEmail", "Prove that the email is yours", 200, "Verified", "VerificationKey"
    ),
    "POST /api/v1/auth/resend-verification": door(
        "resendVerification", "Send the mail again", 202, "Mailed", "EmailOnly"
    ),
    "POST /api/v1/auth/token": door("getTokens", "Sign in", 200, "TokenPair", "Login", 401, 403),
    "POST /api/v1/auth/refresh": door("refreshTokens", "A new pair of tokens", 200, "TokenPair", "RefreshToken", 401),
    "POST /api/v1/auth/logout": Operation("logOut", ACCOUNT, "End this session", {204: None}, body="Nothing"),
    "GET /api/v1/me": Operation("getMe", ACCOUNT, "You and your settings", {200: "Me"}),
    "PATCH /api/v1/me": Operation("changeSettings", ACCOUNT, "Change your settings", {200: "Me"}, body="Settings"),
    "POST /api/v1/me/close": Operation(
        "closeAccount",
        ACCOUNT,
        "Close your account for ever",
        {204: None},
        body="Closing",
        refusals=(409,),
    ),
    "GET /api/v1/api-keys": Operation("listApiKeys", KEYS, "Your API keys", {200: "ApiKeys"}),
    "POST /api/v1/api-keys": Operation(
        "makeApiKey",
        KEYS,
        "Make an API key",
        {201: "MadeApiKey"},
        body="NewApiKey",
        refusals=(409,),
        leads={"revokeApiKey": "key_id /id"},
    ),
    "GET /api/v1/trading-stop": Operation("getTradingStop", KEYS, "Which keys may not trade", {200: "TradingStop"}),
    "POST /api/v1/trading-stop": Operation(
        "stopTrading",
        KEYS,
        "The kill switch: no key of yours trades until you allow it again",
        {200: "TradingStop"},
        body="StopOrder",
        refusals=(404,),
    ),
    "DELETE /api/v1/trading-stop": Operation(
        "allowTrading", KEYS, "Let your keys trade again", {200: "TradingStop"}, body="StopEnd", refusals=(404,)
    ),
    "DELETE /api/v1/api-keys/{key_id}": Operation(
        "revokeApiKey", KEYS, "End an API key", {204: None}, body="CodeOnly", refusals=(404,)
    ),
}
