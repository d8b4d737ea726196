"""What `ct --help` and `ct COMMAND --help` say."""

import argparse

from deploy.ct.arguments import OneLineParser

HELP = """\
Run and deploy the platform on this host: in containers of Docker Compose, or, with CT_BACKEND=host, as processes.

exit codes: 0 done, 1 failed, 2 usage or a missing setting, 3 something is not well (status, smoke, doctor),
            4 Docker, nginx, git or a server is missing or doesn't answer, 5 another ct works on this environment

examples:
  ct up                          build and start everything in containers; print the address
  ct up --env staging            the same for staging; its settings: deploy/state/staging/settings.env
  ct up --monitoring             with Prometheus, Alertmanager and Grafana
  ct deploy --canary             bring another release into service; on a host the first one, too
  ct rollback                    return to the release before
  ct manage createsuperuser      a command of manage.py
  ct smoke --json                ask each part of the running site
  ct down                        stop everything; the data stays
"""

DESCRIPTIONS = {
    "up": "Starts everything with the present settings, secrets and certificate, and waits until the site is ready. In "
    "containers it is the first start, too. On a host all processes restart one after the other, without an outage. "
    "It may be killed at any step, and run again.",
    "down": "Stops everything in order. The data stays; `ct up` starts it again.",
    "manage": "Becomes a command of manage.py of the release that serves, with the application's login.",
    "deploy": "Brings a release into service beside the one that serves: looks for faults, migrates, starts, waits "
    "until each server is ready, sends the clients over, and keeps the old servers for `ct rollback`. After a kill the "
    "same command goes on.",
    "canary": "Does the same as `ct deploy --canary`: 5, 25, then 50 % of the clients try the release out first.",
    "rollback": "Ends an unfinished deployment; else returns to the release before. The database stays as it is.",
    "roll": "Restarts services on their release, one process after the other, each without clients, and starts what is "
    "missing.",
    "scale": "Changes how many processes services have, and remembers it for later deployments.",
    "backup": "Makes a backup now, while the site runs.",
    "restore": "Restores a backup beside the database, verifies it, and exchanges the two. The site need not stop.",
    "status": "Lists what runs, and whether it is well. Exit code 3: something is missing or not well.",
    "logs": "Shows the last lines of the logs.",
    "doctor": "Looks for faults of this host and of this environment, each with its remedy, and changes nothing. Exit "
    "code 3: it has found one.",
}


def new_parser() -> argparse.ArgumentParser:
    """Returns a parser without commands."""
    return OneLineParser(prog="ct", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)


def describe(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Gives each command its description, unless it has one."""
    for name, action in actions.choices.items():
        action.description = action.description or DESCRIPTIONS[name]
