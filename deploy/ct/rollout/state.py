"""What an environment runs, and the operation under way: kept in one file, so that a killed `ct` can be continued."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from deploy.ct import files

NAME = "deployment.json"


class Colour(StrEnum):
    """One of the two places for servers. One serves; the other is idle, or keeps the release before."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> "Colour":
        return Colour.GREEN if self is Colour.BLUE else Colour.BLUE


@dataclass(frozen=True, slots=True)
class Serving:
    """A release in a colour."""

    colour: Colour
    release: str


class Step(StrEnum):
    """The steps of a deployment in their order. The journal has the one that has begun, and may not be complete."""

    OBTAIN = "obtain"
    MIGRATE = "migrate"
    START = "start"
    READY = "ready"
    CANARY = "canary"
    SWITCH = "switch"
    BACKGROUND = "background"
    DRAIN = "drain"
    RETIRE = "retire"


STEPS = tuple(Step)


@dataclass(frozen=True, slots=True)
class Operation:
    """A change from `before` to `goal`. `back`: it has failed, or was given up, and `before` is to serve again.

    `keep`: the servers of `before` stay, without traffic. It is here because another `ct` may end what one has begun.
    """

    goal: Serving
    before: Serving | None
    steps: tuple[Step, ...]
    step: Step
    back: bool = False
    keep: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """`live` serves. `kept` is the release before: it runs without traffic, or a rollback starts it again.

    `background` is the release of workers, settlers, feeds and beat.
    """

    live: Serving | None = None
    kept: Serving | None = None
    background: str = ""
    scale: Mapping[str, int] = field(default_factory=dict)
    operation: Operation | None = None

    def at(self, step: Step) -> "State":
        """Returns the state with this step begun."""
        assert self.operation is not None  # noqa: S101  (a step belongs to an operation)
        return replace(self, operation=replace(self.operation, step=step))


class Journal:
    """The file with the state. Each write appears whole, and is on the disk when `write` returns."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME

    def read(self) -> State:
        """Returns the state; of an environment in which nothing was deployed, an empty one."""
        if not self._path.exists():
            return State()
        told = files.told(self._path, State)
        try:
            return _state(told)
        except (KeyError, TypeError, ValueError) as error:
            raise files.broken(self._path, repr(error)) from error

    @property
    def deployed(self) -> bool:
        """Whether a release serves here, or has served before the operation under way."""
        return self.read().live is not None

    def write(self, state: State) -> State:
        """Keeps the state, and returns it."""
        files.write(self._path, json.dumps(asdict(state), indent=1) + "\n")
        return state


def _state(told: Mapping[str, Any]) -> State:
    return State(
        live=_serving(told["live"]),
        kept=_serving(told["kept"]),
        background=told["background"],
        scale=told["scale"],
        operation=_operation(told["operation"]),
    )


def _serving(told: Mapping[str, str] | None) -> Serving | None:
    return Serving(Colour(told["colour"]), told["release"]) if told else None


def _operation(told: Mapping[str, Any] | None) -> Operation | None:
    if told is None:
        return None
    goal, before = _serving(told["goal"]), _serving(told["before"])
    assert goal is not None  # noqa: S101
    steps = tuple(Step(step) for step in told["steps"])
    return Operation(goal, before, steps, Step(told["step"]), told["back"], told.get("keep", True))
