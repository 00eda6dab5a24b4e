"""Lists in pages, with the link to the next one as ARM gives it."""

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json

PAGE_SIZE = "page_size"
DEFAULT_PAGE_SIZE = 30
_SKIP = "$skip"


def page(call: Call, items: list[Json]) -> Answer:
    """Return one page of `items`: value and, when more follow, nextLink.

    The page starts at `$skip`; its size is the script's `page_size`.
    """
    start = _whole_number(call.query.get(_SKIP, "0"))
    size = int(call.store.setting(PAGE_SIZE, DEFAULT_PAGE_SIZE))
    body: Json = {"value": items[start : start + size], "nextLink": None}
    if start + size < len(items):
        query = urlencode({**call.query, _SKIP: start + size}, safe="$")
        body["nextLink"] = f"{call.base_url}{call.path}?{query}"
    return Answer(200, body)


def top(call: Call, items: list[Json]) -> list[Json]:
    """Return the first `$top` items when the call asks for that many."""
    asked = call.query.get("$top")
    return items if asked is None else items[: _whole_number(asked)]


def in_view(call: Call, items: Iterable[Json], archived: Callable[[Json], bool]) -> list[Json]:
    """Return the items of the asked `listViewType`; active ones when the call does not say."""
    view = call.query.get("listViewType", "ActiveOnly").lower()
    if view == "all":
        return list(items)
    wanted = view == "archivedonly"
    return [item for item in items if archived(item) == wanted]


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        raise CloudError(400, "BadRequest", f"'{text}' is not a whole number.")
    return int(text)
