"""Questions to dependencies that hang cost one thread, and one answer serves all who ask."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from threading import Event, active_count

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from monitoring.patience import Recent, Single


def test_a_question_that_hangs_holds_one_thread_however_often_it_is_asked() -> None:
    single, end = Single[bool]("test"), Event()
    asked = [single.ask(lambda: end.wait(PATIENCE_SECONDS))]
    threads = active_count()
    for _ in range(100):
        asked.append(single.ask(lambda: False))
        with pytest.raises(TooLate):
            asked[-1].result(timeout=0)
    assert active_count() <= threads  # one of an earlier test may end meanwhile
    end.set()
    assert {future.result(timeout=PATIENCE_SECONDS) for future in asked} == {True}
    assert single.ask(lambda: False).result(timeout=PATIENCE_SECONDS) is False


def test_an_answer_is_kept_for_its_seconds() -> None:
    now, asked = [100.0], []
    recent = Recent[int](1.0, clock=lambda: now[0])

    def question() -> int:
        asked.append(now[0])
        return len(asked)

    assert [recent.get(question), recent.get(question)] == [1, 1]
    now[0] += 0.999
    assert recent.get(question) == 1
    now[0] += 0.001
    assert recent.get(question) == 2
    recent.forget()
    assert recent.get(question) == 3


def test_those_who_come_while_it_is_asked_for_share_the_answer() -> None:
    recent, go, asked = Recent[int](60.0), Event(), []

    def question() -> int:
        asked.append(1)
        go.wait(PATIENCE_SECONDS)
        return len(asked)

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(recent.get, question) for _ in range(8)]
        go.set()
        assert {answer.result(timeout=PATIENCE_SECONDS) for answer in answers} == {1}


def test_a_failure_is_not_kept() -> None:
    recent = Recent[int](60.0)
    with pytest.raises(ZeroDivisionError):
        recent.get(lambda: 1 // 0)
    assert recent.get(lambda: 1) == 1
