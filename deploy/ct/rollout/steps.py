"""The steps of an operation: which ones it has, what is true at them, and their words."""

from deploy.ct.rollout.state import Step

ROLLBACK = (Step.START, Step.READY, Step.SWITCH, Step.BACKGROUND, Step.DRAIN, Step.RETIRE)
"""No migration: the schema of the newer release also serves the older one (docs/upgrading.md)."""
BEFORE_START = (Step.OBTAIN, Step.MIGRATE)
BEFORE_CLIENTS = (*BEFORE_START, Step.START, Step.READY)
"""So far the goal's colour has no clients, also if a `ct` was killed."""
UNDRAINED = (Step.CANARY, Step.SWITCH, Step.BACKGROUND)
"""So far the servers of the release before have kept their clients, or could take them again as they are."""
SURE_AGAIN = (Step.START, Step.READY)
"""A `ct` that continues a killed deployment takes these again: processes may have died since."""

TEXTS = {
    Step.OBTAIN: "get {goal.release}",
    Step.MIGRATE: "bring the database up to date for {goal.release}",
    Step.START: "start {goal.release} in {goal.colour}",
    Step.READY: "wait for five ready answers in a row of each server",
    Step.CANARY: "try {goal.release} out on a share of the clients",
    Step.SWITCH: "send all clients to {goal.release}",
    Step.BACKGROUND: "replace the background processes",
    Step.DRAIN: "let the clients of {before.release} go",
    Step.RETIRE: "end or keep the servers of {before.release}",
}
