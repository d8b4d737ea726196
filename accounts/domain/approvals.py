"""Four eyes: one person asks, another decides."""

from datetime import timedelta
from enum import StrEnum

REQUEST_LIFE = timedelta(hours=72)
"""How long a request waits for its decision."""


class RequestState(StrEnum):
    """PENDING until enough people approved (EXECUTED), one refused, the requester withdrew it, or time ran out."""

    PENDING = "pending"
    EXECUTED = "executed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Decision(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
