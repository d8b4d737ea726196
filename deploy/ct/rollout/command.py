"""The commands `deploy`, `canary`, `rollback`, `roll` and `scale`."""

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict

from deploy.ct import files
from deploy.ct.compose import GREEN_FILE, Compose
from deploy.ct.console import Console
from deploy.ct.host.stage import Host
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.releases import note_release, running_parts, running_release, wanted_release
from deploy.ct.rollout.canary import Limits
from deploy.ct.rollout.compose import Containers
from deploy.ct.rollout.plan import plan
from deploy.ct.rollout.preflight import faults
from deploy.ct.rollout.rolling import SERVICES, roll, scale
from deploy.ct.rollout.run import Options, Rollout
from deploy.ct.rollout.stage import SERVERS, Stage
from deploy.ct.rollout.state import Colour, Journal, Serving, State
from deploy.ct.settings import Settings


def add_commands(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the five commands."""
    made = actions.add_parser("deploy", help="bring a release into service, without an outage")
    made.add_argument("--canary", action="store_true", help="on 5, 25 and 50 %% of the clients first; ends on errors")
    _add_deploy(made)
    trial = actions.add_parser("canary", help="the same as deploy --canary")
    trial.set_defaults(canary=True)
    _add_deploy(trial)
    back = actions.add_parser("rollback", help="end an unfinished deployment, or return to the release before")
    _add_times(back, keeps=True)
    back.set_defaults(act=_rollback)
    rolling = actions.add_parser("roll", help="restart services one by one on their release, without an outage")
    rolling.add_argument("services", nargs="*", help=f"default: all of {', '.join(SERVICES)}")
    _add_times(rolling)
    rolling.set_defaults(act=_roll)
    scaling = actions.add_parser("scale", help="change the number of processes: scale web=3 stream=2")
    scaling.add_argument("counts", nargs="+", metavar="SERVICE=N", help=f"of {', '.join(SERVICES)}; one beat")
    _add_times(scaling)
    scaling.set_defaults(act=_scale)


def _add_deploy(made: argparse.ArgumentParser) -> None:
    made.add_argument("--release", help="a tag, a commit or an image's tag; default: that of this checkout")
    made.add_argument(
        "--errors-percent", type=float, default=1.0, metavar="N", help="the most that a canary may have (1)"
    )
    made.add_argument(
        "--p95-seconds", type=float, default=1.0, metavar="N", help="the slowest that a canary may be (1)"
    )
    made.add_argument("--force", action="store_true", help="in spite of faults found before the beginning")
    _add_times(made, canary=True, keeps=True)
    made.set_defaults(act=_deploy)


def _add_times(made: argparse.ArgumentParser, *, canary: bool = False, keeps: bool = False) -> None:
    """Each command takes all of them, but offers those alone that change what it does."""
    watch = "how long to look at each share of a canary (30)" if canary else argparse.SUPPRESS
    keep = "end the old servers; a rollback must then start them" if keeps else argparse.SUPPRESS
    made.add_argument("--watch-seconds", type=float, default=30, metavar="N", help=watch)
    made.add_argument("--drain-seconds", type=float, default=60, metavar="N", help="until the last clients go (60)")
    made.add_argument("--no-keep", action="store_true", help=keep)


def stage_of(settings: Settings, console: Console) -> Stage:
    """Returns the place of an environment: CT_BACKEND is `compose`, the default, or `host`."""
    if is_host(settings):
        return Host(settings)
    parts = running_parts(settings)
    return Containers(settings, Compose(settings, console, running_release(settings) or "none", parts))


def is_host(settings: Settings) -> bool:
    """Whether an environment is processes of this host. Raises Stopped if CT_BACKEND is neither."""
    backend = settings.get("CT_BACKEND", "compose")
    if backend not in ("compose", "host"):
        raise Stopped(f"CT_BACKEND must be compose or host, not {backend}", Exit.USAGE)
    return backend == "host"


def begin_anew(settings: Settings, compose: Compose, release: str) -> None:
    """After `ct up`: it has started everything in the first colour, so the second one ends."""
    green = settings.state / GREEN_FILE
    if green.exists():
        compose.do("rm", "--stop", "--force", *(f"{service}-green" for service in SERVERS), release=release)
        green.unlink()
    Journal(settings.state).write(State(live=Serving(Colour.BLUE, release), background=release))
    Containers(settings, compose).write_targets()


def bring_up(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    """`ct up` on a host: all processes and nginx take the present settings. Raises Stopped for another release."""
    live = Journal(settings.state).read().live
    if options.release and (live is None or options.release != live.release):
        raise Stopped(f"`ct deploy --release {options.release}` changes the release; `ct up` keeps it", Exit.USAGE)

    def renewed(rollout: Rollout) -> State:
        if live is not None:
            Host(settings).check_settings(live.release)  # before the first process ends
        return roll(rollout, SERVICES)

    _run(options, settings, console, renewed, "")


def _deploy(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    release = wanted_release(settings, options.release)
    _run(options, settings, console, lambda rollout: _deployed(options, settings, rollout, release), release)


def _deployed(options: argparse.Namespace, settings: Settings, rollout: Rollout, release: str) -> State:
    state = rollout.journal.read()
    if state.operation is None and not options.force:
        found = list(faults(rollout.stage, settings, state))
        for fault in found:
            rollout.console.say(f"fault: {fault}")
        if found:
            raise Stopped("mend the faults first, or add --force; nothing was changed")
    return rollout.deploy(release)


def _rollback(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    _run(options, settings, console, Rollout.rollback, "")


def _roll(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    services = options.services or list(SERVICES)
    unknown = sorted(set(services) - set(SERVICES))
    if unknown:
        raise Stopped(f"there is no service {unknown[0]}, only {', '.join(SERVICES)}", Exit.USAGE)
    _run(options, settings, console, lambda rollout: roll(rollout, services), "")


def _scale(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    wanted = {}
    for text in options.counts:
        service, _, count = text.partition("=")
        if not (count.isascii() and count.isdigit()):
            raise Stopped(f"write SERVICE=N, not {text}", Exit.USAGE)
        wanted[service] = int(count)
    _run(options, settings, console, lambda rollout: scale(rollout, wanted), "")


def _run(
    options: argparse.Namespace, settings: Settings, console: Console, act: Callable[[Rollout], State], release: str
) -> None:
    journal = Journal(settings.state)
    if console.dry:
        lines = plan(options.action, journal.read(), release)
        console.result({"environment": settings.name, "plan": lines}, lines)
        return
    with files.locked(settings.state):
        stage = stage_of(settings, console)
        stage.prepare()
        rollout = Rollout(stage, journal, console, stage.counts(), _options(options))
        began = time.monotonic()
        state = act(rollout)
    if state.live is not None:
        note_release(settings, state.live.release)
        runs = state.kept is not None and bool(stage.servers(state.kept.colour))
    _tell(settings, console, options.action, state, time.monotonic() - began, kept_runs=runs)


def _options(options: argparse.Namespace) -> Options:
    limits = Limits(getattr(options, "errors_percent", 1.0), getattr(options, "p95_seconds", 1.0))
    given = {name: getattr(options, name) for name in ("canary", "watch_seconds", "drain_seconds") if name in options}
    return Options(**given, keep=not getattr(options, "no_keep", False), limits=limits)


def _tell(settings: Settings, console: Console, action: str, state: State, seconds: float, *, kept_runs: bool) -> None:
    serving = state.live
    line = f"{serving.release} serves in {serving.colour}" if serving else "nothing serves"
    if state.kept is not None:
        how = f"is kept in {state.kept.colour}" if kept_runs else "has ended: `ct rollback` starts it again"
        line = f"{line}; {state.kept.release} {how}"
    value = {"environment": settings.name, "action": action, "seconds": round(seconds, 1), **asdict(state)}
    value["kept_runs"] = kept_runs
    console.result(value, [line])
