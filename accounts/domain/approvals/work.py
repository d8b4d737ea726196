"""Refusals to a member of staff whose colleague was quicker. `detail` names the colleague."""

from accounts.domain.errors import Refusal, mark


class TakenMeanwhile(Refusal):
    code, status = "taken-meanwhile", 409
    title = mark("A colleague has taken this work since you opened the page")


class AnsweredMeanwhile(Refusal):
    code, status = "answered-meanwhile", 409
    title = mark("A colleague has answered this alert already")


class AnnouncedMeanwhile(Refusal):
    code, status = "announced-meanwhile", 409
    title = mark("The same text is announced already")


class WithdrawnMeanwhile(Refusal):
    code, status = "withdrawn-meanwhile", 409
    title = mark("The announcement was withdrawn already")


class ChangedMeanwhile(Refusal):
    code, status = "changed-meanwhile", 409
    title = mark("A colleague has changed this since you opened the page")
