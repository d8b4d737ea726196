"""The time, as doors pass it in."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Tells the present time. A use case that waits for a lock takes it instead of a time, and reads it under the lock.

A time that was read before the wait would put the use case before changes that it came after.
"""
