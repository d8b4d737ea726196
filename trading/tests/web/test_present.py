import pytest
from django.utils import translation

from trading.web.present import duration_text


@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [(15, "15s", "15초"), (60, "1m", "1분"), (90, "90s", "90초"), (300, "5m", "5분"), (3600, "1h", "1시간")],
)
def test_durations_are_written_short(seconds: int, english: str, korean: str) -> None:
    assert duration_text(seconds) == english
    with translation.override("ko"):
        assert duration_text(seconds) == korean
