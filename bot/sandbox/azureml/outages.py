"""Calls that the service turns away for a while: throttled, or out of order."""

from fnmatch import fnmatchcase

from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json

OUTAGES = "outages"
_WORDS = {
    429: ("TooManyRequests", "The request is being throttled."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable."),
}
_OTHER = ("InternalServerError", "Something went wrong.")


def turned_away(call: Call) -> Answer | None:
    """Return what the script's `outages` answer in the place of the service; None for most calls.

    Each is {"call": pattern of "METHOD /path", "status", "times", "retry_after" in seconds, or
    absent}; `times` counts down as calls are turned away.
    """
    outages = call.store.setting(OUTAGES, [])
    for outage in outages:
        if outage["times"] > 0 and fnmatchcase(f"{call.method} {call.path}", outage["call"]):
            outage["times"] -= 1
            call.store.put_setting(OUTAGES, outages)
            return _answer(outage)
    return None


def _answer(outage: Json) -> Answer:
    code, words = _WORDS.get(outage["status"], _OTHER)
    wait = outage.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Answer(outage["status"], {"error": CloudError(503, code, words).error()}, headers)
