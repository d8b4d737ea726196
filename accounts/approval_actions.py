"""What can be done with four eyes. Each room registers its own actions when it starts, so this room imports nobody.

To add one, write a module with an `Action` and call `register` on it from your AppConfig.ready. The permissions
`accounts.request_<name>` and `accounts.approve_<name>` come to be at the next `migrate`. A door then calls
`request_approval(action=<name>, …)`, or links to the staff page `admin:accounts_approvalrequest_ask` with the name and
the subject, which makes its form out of `fields`. From there on the pages and rules of approvals do the rest, and
`execute` runs once, inside the transaction of the decision that was the last one needed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound
from accounts.models import ApprovalRequest

Arguments = Mapping[str, object]
Request: TypeAlias = ApprovalRequest


@dataclass(frozen=True, slots=True)
class Field:
    """An argument that people type in. `label` and `help` are marked for translation."""

    name: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that one member of staff asks for and others approve."""

    name: str
    title: str
    """For people, marked for translation with `accounts.domain.errors.mark`; the door that shows it translates."""

    read_arguments: Callable[[Subject, Arguments], dict[str, object]]
    """(subject, arguments) -> the arguments as JSON will keep them. Raises a Refusal when they make no sense."""

    execute: Callable[[Request, datetime], None]
    """Do it, inside the deciding transaction (so open none). A Refusal undoes the decision, and is shown."""

    describe: Callable[[Request], Sequence[tuple[str, str]]]
    """What is asked for, as (label, value) lines in the reader's language; without arguments while it is asked."""

    owner: Callable[[Subject], int | None]
    """subject -> the person whose it is: they can't decide on it, whatever their role. Raises NotFound."""

    requesters: tuple[Role, ...]
    approvers: tuple[Role, ...]
    approvals_needed: int = 1
    fields: tuple[Field, ...] = ()
    """The arguments, for the form that asks for them."""

    subject_page: str = ""
    """The staff page of a subject, by the name of its address; it takes the subject's key."""


_actions: dict[str, Action] = {}


def register(action: Action) -> None:
    """Make an action known; called once for each, when the room starts."""
    if _actions.setdefault(action.name, action) is not action:
        raise ValueError(f"there is an action {action.name} already")


def registered_actions() -> list[Action]:
    """All of them, by name."""
    return [_actions[name] for name in sorted(_actions)]


def action_named(name: str) -> Action:
    """Raises NotFound."""
    if name not in _actions:
        raise NotFound(name)
    return _actions[name]
