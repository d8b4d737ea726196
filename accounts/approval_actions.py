"""The registry of actions with four eyes. Each room registers its own at start, so this room imports no other room.

To add one, write a module with an `Action` and call `register` on it from your AppConfig.ready. The next `migrate`
creates the permissions `accounts.request_<name>` and `accounts.approve_<name>`. A door then calls
`request_approval(action=<name>, …)`, or links to the staff page `admin:accounts_approvalrequest_ask` with the name and
the subject. That page makes its form from `fields`. The approval pages and rules do the rest. `execute` runs once,
inside the transaction of the last decision that is needed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.utils.translation import gettext

from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound
from accounts.models import ApprovalRequest

Arguments = Mapping[str, object]
Request: TypeAlias = ApprovalRequest


@dataclass(frozen=True, slots=True)
class Field:
    """An argument that people type in, or choose. Its texts are marked for translation."""

    name: str
    label: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label) of each possible value; empty for free text."""

    many: bool = False
    """Whether several choices are possible: the argument is their values, separated by commas."""

    long: bool = False
    """Whether the text may be empty and have several lines."""

    amount: bool = False
    """Whether it is an amount in the subject's currency or unit."""

    def chosen(self, value: str) -> str:
        """The chosen value, or values, in the reader's language; a free text as it is."""
        labels = dict(self.choices)
        values = value.split(",") if self.many else [value]
        return ", ".join(gettext(labels[each]) if each in labels else each for each in values)


@dataclass(frozen=True, slots=True)
class Action:
    """An action that one member of staff asks for and others approve."""

    name: str
    title: str
    """Marked for translation with `accounts.domain.errors.mark`; the door that shows it translates."""

    read_arguments: Callable[[Subject, Arguments], dict[str, object]]
    """(subject, arguments) -> the arguments as stored in JSON. Raises a Refusal for invalid arguments."""

    execute: Callable[[Request, datetime], None]
    """Executes the action in the deciding transaction (so it opens none). A Refusal undoes the decision and is shown
    to its sender.
    """

    describe: Callable[[Request], Sequence[tuple[str, str]]]
    """Returns the request as (label, value) lines in the reader's language. The form to ask has no arguments yet."""

    owner: Callable[[Subject], int | None]
    """subject -> its owner, who can't ask for it nor decide on it with any role. Raises NotFound."""

    requesters: tuple[Role, ...]
    approvers: tuple[Role, ...]
    approvals_needed: int = 1
    fields: tuple[Field, ...] = ()
    """The arguments, for the form to ask."""

    present: Callable[[Subject], Mapping[str, str]] = lambda subject: {}
    """subject -> the arguments that the form begins with. Raises NotFound."""

    locks_owner: bool = False
    """Whether `decide_request` locks the owner and their wallets (`lock_person`) before it reads the clock, for actions
    that change what a person may do.
    """

    subject_page: str = ""
    """The URL name of the subject's staff page; the URL takes the subject's key."""


_actions: dict[str, Action] = {}


def register(action: Action) -> None:
    """Makes an action known. Each room calls it once per action at start."""
    if _actions.setdefault(action.name, action) is not action:
        raise ValueError(f"there is an action {action.name} already")


def registered_actions() -> list[Action]:
    """Returns all actions, sorted by name."""
    return [_actions[name] for name in sorted(_actions)]


def action_named(name: str) -> Action:
    """Returns the action. Raises NotFound."""
    if name not in _actions:
        raise NotFound(name)
    return _actions[name]


def last_decider(request: Request) -> int:
    """Returns the person whose approval was the last one needed, while the action is executed."""
    return request.decisions.latest("id").decided_by_id
