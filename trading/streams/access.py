"""Who a socket belongs to: an access token or an API key in a header, else a session cookie, else nobody."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async

from accounts.domain.access import session_mark
from accounts.publish import ACCESS_CHANNEL
from accounts.selectors.access import session_lives
from accounts.services.authenticate_token import authenticate_token

Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Access:
    """What lets somebody in. `mark` names it when it is ended; `lives` asks the database whether it still holds."""

    user_id: int
    mark: str
    lives: Callable[[], bool]
    expires_at: datetime | None = None


@database_sync_to_async  # type: ignore[untyped-decorator]
def access_by_header(authorization: str, scope: Scope) -> Access:
    """The access of a `Bearer` credential. Raises a Refusal."""
    token = authenticate_token(authorization.partition(" ")[2].strip())
    return _of_session(token.user.pk, token.session_key)


def access_by_cookie(scope: Scope) -> Access | None:
    """The access of a browser's session; None for a visitor."""
    user = scope["user"]
    return _of_session(user.pk, scope["session"].session_key) if user.is_authenticated else None


def _of_session(user_id: int, session_key: str) -> Access:
    return Access(user_id, session_mark(session_key), lambda: session_lives(session_key, user_id))


def end_of(access: Access, content: bytes) -> str | None:
    """Why this access has ended, if that is what a message on its owner's topic says."""
    if not content.startswith(b'{"channel":"' + ACCESS_CHANNEL.encode() + b'"'):
        return None
    end = json.loads(content)["data"]
    ended = access.mark in end["ended"] if end["ended"] is not None else access.mark != end["kept"]
    return str(end["reason"]) if ended else None


def header(scope: Scope, name: bytes) -> str:
    """A request header's value, empty when it isn't there."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")
