"""What a device is called, from what it says of itself (its User-Agent): a claim, good for a hint and no more."""

from ua_parser import parse


def device_name(user_agent: str) -> str:
    """Such as `Firefox, Windows`; a program's own name otherwise, such as `curl/8.5.0`; empty when it said nothing."""
    result = parse(user_agent)
    known = [part.family for part in (result.user_agent, result.os) if part is not None]
    return ", ".join(known) or user_agent.split(" ", maxsplit=1)[0][:60]
