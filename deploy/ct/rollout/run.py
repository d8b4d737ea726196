"""The algorithm of a deployment: the same for every place. Each step is in the journal before it begins."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from deploy.ct.console import Console
from deploy.ct.outcome import Stopped
from deploy.ct.rollout.canary import SHARES, Limits
from deploy.ct.rollout.stage import BACKGROUND, BEAT, SERVERS, Stage, Traffic
from deploy.ct.rollout.state import STEPS, Colour, Journal, Operation, Serving, State, Step
from deploy.ct.rollout.steps import BEFORE_CLIENTS, BEFORE_START, ROLLBACK, SURE_AGAIN, TEXTS, UNDRAINED
from deploy.ct.rollout.traffic import choice, pools
from deploy.ct.rollout.waiting import Waiting
from deploy.ct.rollout.watch import Watch


@dataclass(frozen=True, slots=True)
class Options:
    """The operator's choices."""

    canary: bool = False
    watch_seconds: float = 30
    """So long each share of a canary is watched, and the whole after the switch."""
    drain_seconds: float = 60
    keep: bool = True
    """Whether the servers of the release before stay, without traffic, for a rollback at once."""
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class Rollout:
    """One environment, and what changes it."""

    stage: Stage
    journal: Journal
    console: Console
    counts: dict[str, int]
    options: Options = field(default_factory=Options)
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def deploy(self, release: str) -> State:
        """Brings a release into service. Raises Stopped if it failed; then the one before serves again.

        Of the release that serves already it starts what is missing: after `ct down`, everything.
        """
        state = self.journal.read()
        operation = state.operation
        if operation is not None:
            if not operation.back and operation.goal.release == release:
                self.console.say(f"going on with {release} at: {operation.step}")
                return self._forward(state)
            state = self._go_back(state)
        if state.live is not None and state.live.release == release:
            self.start_missing(state, state.live)
            self.stage.write_targets()
            self.console.say(f"{release} serves already")
            return state
        colour = state.live.colour.other if state.live else Colour.BLUE
        return self._begin(state, Serving(colour, release), STEPS)

    def rollback(self) -> State:
        """Ends an unfinished deployment, or returns to the release before. Raises Stopped if there is none."""
        state = self.journal.read()
        if state.operation is not None:
            return self._go_back(state)
        if state.kept is None:
            raise Stopped("there is no release before this one")
        return self._begin(state, state.kept, ROLLBACK)

    def finish(self) -> State:
        """Returns to the last good state if an operation is unfinished: before `roll` and `scale`."""
        state = self.journal.read()
        return state if state.operation is None else self._go_back(state)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.stage, self.console, self.wait, self.clock)

    def counts_of(self, state: State) -> dict[str, int]:
        """Returns how many processes each service has: the given counts, but those of `ct scale` first."""
        return {**self.counts, **state.scale}

    def route(self, traffic: Traffic, *, without: frozenset[str] = frozenset()) -> None:
        """Lets nginx send requests to these colours."""
        colours = [traffic.main, *([traffic.canary] if traffic.canary else [])]
        found = [(colour, server) for colour in colours for server in self.stage.servers(colour)]
        self.stage.route(pools(found, without=without), choice(traffic))

    def _begin(self, state: State, goal: Serving, steps: tuple[Step, ...]) -> State:
        operation = Operation(goal, state.live, steps, steps[0], keep=self.options.keep)
        return self._forward(self.journal.write(replace(state, operation=operation)))

    def _forward(self, state: State) -> State:
        operation = state.operation
        assert operation is not None  # noqa: S101
        begun = operation.steps.index(operation.step)
        again = [step for step in SURE_AGAIN if step in operation.steps[:begun]]
        try:
            for step in again:
                self._take(step, state, operation)
            for step in operation.steps[begun:]:
                state = self.journal.write(state.at(step))
                self._take(step, state, operation)
        except Stopped as error:
            self.console.say(f"failed: {error}")
            state = self._go_back(state)
            serves = f"{state.live.release} serves" if state.live else "nothing serves"
            raise Stopped(f"{operation.goal.release}: {error}; {serves}", error.code) from error
        self.stage.write_targets()
        goal, before = operation.goal, operation.before
        done = replace(state, live=goal, kept=before, background=goal.release, operation=None)
        return self.journal.write(done)

    def _take(self, step: Step, state: State, operation: Operation) -> None:
        goal, before = operation.goal, operation.before
        if before is None and step in (Step.CANARY, Step.DRAIN, Step.RETIRE):
            return
        self.console.say(f"==> {step}: {TEXTS[step].format(goal=goal, before=before)}")
        if step is Step.OBTAIN:
            self.stage.obtain(goal.release)
        elif step is Step.MIGRATE:
            self.stage.migrate(goal.release)
        elif step is Step.START:
            idle = state.operation is not None and state.operation.step in BEFORE_CLIENTS
            self.stage.start(goal, self.counts_of(state), idle=idle)
            self.stage.write_targets()
        elif step is Step.READY:
            self._make_ready(goal.colour)
        else:
            self._change_over(step, state, operation)

    def _change_over(self, step: Step, state: State, operation: Operation) -> None:
        goal, before = operation.goal, operation.before
        if step is Step.SWITCH:
            self.route(Traffic(goal.colour))
            if before is not None and self.options.canary:
                self._observe(goal.colour, before.colour)
        elif step is Step.BACKGROUND:
            self._replace_background(goal.release, self.counts_of(state))
        elif before is not None and step is Step.CANARY:
            self._try_out(goal.colour, before.colour)
        elif before is not None and step is Step.DRAIN:
            self._drain(before.colour)
        elif before is not None and not (operation.keep and self.options.keep):
            self._stop(before.colour)

    def _make_ready(self, colour: Colour) -> None:
        servers = self.stage.servers(colour)
        if not servers:
            raise Stopped(f"no server of {colour} runs")
        for server in servers:
            self.stage.drain(server, undo=True)
        self.waiting.until_ready(servers)

    def _try_out(self, canary: Colour, main: Colour) -> None:
        for percent in SHARES if self.options.canary else ():
            self.console.say(f"    {percent} % of the clients")
            self.route(Traffic(main, canary, percent))
            self._observe(canary, main)

    def _observe(self, canary: Colour, main: Colour) -> None:
        options, prometheus = self.options, self.stage.prometheus()
        place = (self.stage, self.console, self.wait, self.clock)
        watch = Watch(*place, options.limits, options.watch_seconds, prometheus)
        watch.observe(canary, main)

    def start_missing(self, state: State, live: Serving, more: Mapping[str, int] = {}) -> None:
        """Starts what a reboot, a killed `ct` or `ct down` has left missing. What runs stays as it is.

        `more`: so many servers, if that is more than the counts say.
        """
        counts = self.counts_of(state)
        self.stage.start(live, self._wide_enough(live, {**counts, **more}))
        self._make_ready(live.colour)  # a killed `ct` may have left one without clients
        self.route(Traffic(live.colour))
        for service in self.background:
            if self.stage.number(service, state.background) != counts[service]:
                self.console.say(f"==> {service}: {counts[service]}")
                self.stage.replace(service, state.background, counts[service])

    def _wide_enough(self, live: Serving, counts: Mapping[str, int]) -> dict[str, int]:
        """Returns the counts, but for servers that serve beyond them as many as there are: these leave by nginx."""
        servers = self.stage.servers(live.colour)
        now = {name: sum(server.service == name for server in servers) for name in SERVERS}
        return {**counts, **{name: max(counts.get(name, 1), now[name]) for name in SERVERS}}

    @property
    def background(self) -> list[str]:
        """The background services of this environment, the beat last: backups may be no part of it."""
        return [service for service in (*BACKGROUND, BEAT) if service in self.counts]

    def _replace_background(self, release: str, counts: dict[str, int]) -> None:
        for service in self.background:
            number = self.stage.number(service, release)
            if number != counts[service] or not self.stage.well(service, release):
                self.console.say(f"    {service}")
                self.stage.replace(service, release, counts[service])

    def _drain(self, colour: Colour) -> None:
        servers = self.stage.servers(colour)
        for server in servers:
            self.stage.drain(server)
        self.waiting.until_left(servers, self.options.drain_seconds)

    def _is_whole(self, colour: Colour) -> bool:
        return {server.service for server in self.stage.servers(colour)} == set(SERVERS)

    def _stop(self, colour: Colour) -> None:
        for server in self.stage.servers(colour):
            self.stage.stop(server)

    def _go_back(self, state: State) -> State:
        """Lets the release before serve again. Each of its parts may be killed, and taken again."""
        operation = state.operation
        assert operation is not None  # noqa: S101
        goal, before = operation.goal, operation.before
        is_left = operation.step in (Step.DRAIN, Step.RETIRE) and not operation.back
        state = self.journal.write(replace(state, operation=replace(operation, back=True)))
        if before is not None:
            self.console.say(f"==> back: {before.release} serves again, in {before.colour}")
            if operation.step in UNDRAINED and self._is_whole(before.colour):
                self.route(Traffic(before.colour))  # at once: each second costs clients of the canary
            self.stage.start(before, self.counts_of(state), idle=is_left)
            self._make_ready(before.colour)
            self.route(Traffic(before.colour))
            self._replace_background(before.release, self.counts_of(state))
        if operation.step in BEFORE_START:
            return self.journal.write(replace(state, operation=None))
        self._drain(goal.colour)
        self._stop(goal.colour)
        self.stage.write_targets()
        # The colour was used, so it keeps no other release any more.
        return self.journal.write(replace(state, kept=goal if state.kept == goal else None, operation=None))
