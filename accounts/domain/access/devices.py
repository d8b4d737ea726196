"""Names a device by its User-Agent. The client can claim any name, so it is only a hint."""

from ua_parser import parse


def device_name(user_agent: str) -> str:
    """Returns `Firefox, Windows`; for a program its own name, such as `curl/8.5.0`; empty for an empty User-Agent."""
    result = parse(user_agent)
    known = [part.family for part in (result.user_agent, result.os) if part is not None]
    return ", ".join(known) or user_agent.split(" ", maxsplit=1)[0][:60]
