"""The configurations of the servers that stand in for one another."""

from deploy.ha.forms import TIMES, shared


def test_a_standby_keeps_the_rows_of_a_long_export() -> None:
    """Else the vacuum of the primary ends the session after `max_standby_streaming_delay`."""
    assert shared(TIMES)["postgresql"]["parameters"]["hot_standby_feedback"] == "on"
