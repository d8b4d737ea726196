"""How drf-spectacular describes our doors: it walks the routes, and each operation stands in `operations`."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from cryptotrader.openapi.examples import examples
from cryptotrader.openapi.operation import PROBLEM, name_of
from cryptotrader.openapi.operations import NOT_DESCRIBED, OPERATIONS
from cryptotrader.openapi.shapes import SHAPES
from cryptotrader.openapi.words import SYMBOL, UID, named, text, whole

PATH_PARAMETERS = {"symbol": SYMBOL, "wallet_id": whole(least=0), "key_id": whole(least=0)}
REFUSAL_HEADERS = {
    415: {
        "Accept": {"description": "what the body may be, if that was the fault", "schema": text()},
        "Accept-Encoding": {"description": "`identity`, if the body had a Content-Encoding", "schema": text()},
    },
    429: {"Retry-After": {"required": True, "schema": whole(least=0)}},
    503: {"Retry-After": {"required": True, "schema": whole(least=0)}},
    401: {"WWW-Authenticate": {"required": True, "schema": text()}},
}


SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "an access token, or an API key in the mode `bearer`",
    },
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "the `prefix` of an API key in the mode `hmac`, beside `X-Timestamp` and `X-Signature`",
    },
    "timestamp": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Timestamp",
        "description": "now, in milliseconds since 1970, without leading zeros; at most 5 seconds from the server's "
        "clock",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Signature",
        "description": "hex HMAC-SHA256, with the key's secret as key, of timestamp, method, path with query string, "
        "and the hex SHA-256 of the body, one after the other without separators",
    },
}


class Described(AutoSchema):
    """An operation as `operations` has it. Raises KeyError for a door that nobody has described."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        operation = OPERATIONS[f"{method} {path}"]
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": PATH_PARAMETERS.get(name, UID)} for name in names
        ]
        return operation.described(path, parameters)


def without_foreign(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Leaves out the addresses that `NOT_DESCRIBED` lists."""
    return [each for each in endpoints if each[0] not in NOT_DESCRIBED]


def with_components(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds the shapes, the refusals, the key of idempotency, and the answers that were really given."""
    refusals = sorted({status for operation in OPERATIONS.values() for status in operation.statuses()})
    result["components"] = {
        "schemas": dict(sorted(SHAPES.items())),
        "responses": {name_of(status): _refusal(status) for status in refusals},
        "parameters": {"IdempotencyKey": _idempotency_key(), "RequiredKey": _idempotency_key(required=True)},
        "securitySchemes": SECURITY_SCHEMES,
    }
    for name, example in examples().items():
        method, path, status = name.split(" ")
        answer = result["paths"][path][method.lower()]["responses"][status]
        answer["content"]["application/json"]["example"] = example
    return result


def _refusal(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": name_of(status),
        "content": {PROBLEM: {"schema": named("Problem")}},
    }
    return told | ({"headers": REFUSAL_HEADERS[status]} if status in REFUSAL_HEADERS else {})


def _idempotency_key(*, required: bool = False) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "schema": text(pattern=r"^[\x21-\x2b\x2d-\x7e]{1,255}$"),
        "description": "names this one request for ever: sent again with the same body, it gets the same answer",
    }
