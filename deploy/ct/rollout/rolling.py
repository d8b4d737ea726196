"""`ct roll` and `ct scale`: one server after the other, while the others serve."""

from collections.abc import Sequence
from dataclasses import replace

from deploy.ct.outcome import Exit, Stopped
from deploy.ct.rollout.run import Rollout
from deploy.ct.rollout.stage import BACKGROUND, BEAT, SERVERS, Server, Stage, Traffic
from deploy.ct.rollout.state import Serving, State

SERVICES = (*SERVERS, *BACKGROUND, BEAT)
MOST = 10
NEVER_ABSENT = ("settler", "feed")
"""Without a price orders are refused, without a settler trades are late: a single one gets a second one meanwhile."""
SETTLE_SECONDS = 1.0
"""After a reload, nginx's workers before it may still begin a request."""


def roll(rollout: Rollout, services: Sequence[str]) -> State:
    """Starts what is missing of all services, and restarts these on their release, unless they have just begun.

    A service with a single server gets a second one meanwhile.
    """
    state = rollout.finish()
    live = _live(state)
    counts = rollout.counts_of(state)
    wider = {service: max(2, counts.get(service, 1)) for service in SERVERS if service in services}
    old = [server for server in rollout.stage.servers(live.colour) if server.service in services]
    absent = [name for name in rollout.background if not rollout.stage.number(name, state.background)]
    rollout.start_missing(state, live, wider if old else {})
    for server in rollout.stage.servers(live.colour):
        if server.name in {one.name for one in old}:
            rollout.console.say(f"==> {server.name}")
            _leave(rollout, live, server)
            rollout.stage.restart(server)
            rollout.waiting.until_ready([server])
            rollout.route(Traffic(live.colour))
    for service in (name for name in rollout.background if name in services and name not in absent):
        rollout.console.say(f"==> {service}")
        restart(rollout.stage, service, state.background, counts.get(service, 1))
    _shrink(rollout, live, counts)
    rollout.stage.write_targets()
    return state


def scale(rollout: Rollout, wanted: dict[str, int]) -> State:
    """Changes how many processes services have. Raises Stopped for an unknown service, or too many."""
    for service, count in wanted.items():
        most = 1 if service == BEAT else MOST
        if service not in SERVICES or not 1 <= count <= most:
            raise Stopped(f"{service}={count}: there are {', '.join(SERVICES)}, 1 to {MOST}; one beat", Exit.USAGE)
    state = rollout.finish()
    live = _live(state)
    state = rollout.journal.write(replace(state, scale={**state.scale, **wanted}))
    counts = rollout.counts_of(state)
    rollout.start_missing(state, live)
    _shrink(rollout, live, counts)
    rollout.stage.write_targets()
    return state


def restart(stage: Stage, service: str, release: str, count: int) -> None:
    """Restarts a background service's processes one after the other."""
    gets_another = service in NEVER_ABSENT and count == 1
    if gets_another:
        stage.replace(service, release, 2)
    stage.restart_background(service)
    if gets_another:
        stage.replace(service, release, count)


def _live(state: State) -> Serving:
    if state.live is None:
        raise Stopped("nothing is deployed here: `ct deploy`", Exit.USAGE)
    return state.live


def _shrink(rollout: Rollout, live: Serving, counts: dict[str, int]) -> None:
    """Ends the servers beyond the counts; the last ones go first."""
    extra: list[Server] = []
    for service in SERVERS:
        own = [server for server in rollout.stage.servers(live.colour) if server.service == service]
        extra += own[counts.get(service, 1) :]
    if not extra:
        return
    rollout.route(Traffic(live.colour), without=frozenset(server.name for server in extra))
    rollout.wait(SETTLE_SECONDS)
    for server in extra:
        rollout.stage.drain(server)
    rollout.waiting.until_left(extra, rollout.options.drain_seconds)
    for server in extra:
        rollout.stage.stop(server)


def _leave(rollout: Rollout, live: Serving, server: Server) -> None:
    """Takes a server out of nginx's list, and waits until its clients have gone."""
    rollout.route(Traffic(live.colour), without=frozenset({server.name}))
    rollout.wait(SETTLE_SECONDS)
    rollout.stage.drain(server)
    rollout.waiting.until_left([server], rollout.options.drain_seconds)
