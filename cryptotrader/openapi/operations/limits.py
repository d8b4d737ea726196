"""Rates and limits, time-outs and self-exclusions."""

from cryptotrader.openapi.operation import Operation

TAG = "Limits"
OPERATIONS = {
    "GET /api/v1/limits": Operation(
        "getLimits",
        TAG,
        "The rates of requests, and your own limits",
        {200: "AnyLimits"},
        public=True,
        refusals=(401, 403),
        about="Without a login: the rates and the bounds only.",
    ),
    "PUT /api/v1/limits": Operation(
        "setLimits", TAG, "Set the limits that the body names", {200: "Limits"}, body="LimitChanges", refusals=(409,)
    ),
    "POST /api/v1/time-outs": Operation(
        "takeTimeOut",
        TAG,
        "Stop yourself from trading for a time. It can't be undone",
        {200: "Exclusion", 201: "Exclusion"},
        body="TimeOut",
        refusals=(409,),
    ),
    "POST /api/v1/self-exclusions": Operation(
        "selfExclude",
        TAG,
        "Exclude yourself for months. It can't be undone",
        {200: "Exclusion", 201: "Exclusion"},
        body="SelfExclusion",
        refusals=(409,),
    ),
    "GET /api/v1/reality-check": Operation(
        "getRealityCheck", TAG, "Your trading since you signed in", {200: "RealityCheck"}
    ),
    "POST /api/v1/reality-check": Operation(
        "confirmRealityCheck", TAG, "Say that you have seen it", {200: "RealityCheck"}, body="Nothing"
    ),
}
