"""`--dry-run`: what a command would do now, without asking anything but the journal."""

from deploy.ct.rollout.state import STEPS, Colour, Operation, Serving, State, Step
from deploy.ct.rollout.steps import ROLLBACK, TEXTS

DEPLOYS = ("deploy", "canary")


def plan(action: str, state: State, release: str) -> list[str]:
    """Returns a line for each step."""
    if state.operation is not None:
        return _of_unfinished(action, state.operation, release)
    if action in DEPLOYS:
        if state.live and state.live.release == release:
            return [f"{release} serves already: start what is missing of it"]
        goal = Serving(state.live.colour.other if state.live else Colour.BLUE, release)
        return ["look for faults: disk, backup, health, migrations", *_lines(STEPS, goal, state.live)]
    if action == "rollback":
        return _lines(ROLLBACK, state.kept, state.live) if state.kept else ["there is no release before this one"]
    return [f"{action}: the processes of {state.live.release if state.live else 'nothing'}, one after the other"]


def _of_unfinished(action: str, operation: Operation, release: str) -> list[str]:
    if action in DEPLOYS and operation.goal.release == release and not operation.back:
        begun = operation.steps.index(operation.step)
        return [f"go on with {release}", *_lines(operation.steps[begun:], operation.goal, operation.before)]
    back = operation.before.release if operation.before else "nothing"
    first = f"end the unfinished deployment of {operation.goal.release}: {back} serves again"
    return [first] if action == "rollback" else [first, *plan(action, State(live=operation.before), release)]


def _lines(steps: tuple[Step, ...], goal: Serving, before: Serving | None) -> list[str]:
    shown = [step for step in steps if before is not None or step not in (Step.CANARY, Step.DRAIN, Step.RETIRE)]
    return [f"{step}: {TEXTS[step].format(goal=goal, before=before)}" for step in shown]
