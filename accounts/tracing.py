"""Marks the services that a trace shows. Without a tracer, a call costs one comparison."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import ParamSpec, TypeVar

Params = ParamSpec("Params")
Result = TypeVar("Result")
Opener = Callable[[str], AbstractContextManager[object]]

_open: Opener | None = None


def use_tracer(opener: Opener | None) -> None:
    """From now on, `opener` makes the span of each marked call, by its name. None: no spans."""
    global _open  # noqa: PLW0603  (one tracer a process, set once at its start)
    _open = opener


def traced(service: Callable[Params, Result]) -> Callable[Params, Result]:
    """Shows each call of this service as a span of its name."""

    @wraps(service)
    def call(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        if _open is None:
            return service(*args, **kwargs)
        with _open(service.__name__.lstrip("_")):
            return service(*args, **kwargs)

    return call
