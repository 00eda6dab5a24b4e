"""The sandbox's own door, /sandbox/: log, counter, script and new workspaces; not part of Azure."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.sandbox.azureml import (
    identity,
    image_details,
    image_registry,
    operations,
    outages,
    paging,
    roles,
    timeline,
)
from bot.sandbox.azureml.exchange import LATENCY, Answer, Call, CloudError
from bot.sandbox.azureml.registry import DROPPED, RegistrySpec, add_registry
from bot.sandbox.azureml.store import Store
from bot.sandbox.azureml.workspaces import SAS, WorkspaceSpec, add_workspace

# A page of another origin cannot send this header without asking first, and is never allowed to.
HEADER = "x-envbot-sandbox"

SCRIPT: Mapping[str, Any] = {
    paging.PAGE_SIZE: paging.DEFAULT_PAGE_SIZE,
    operations.SECONDS: 0.0,
    operations.FAILURES: [],
    identity.GRANT_TIMES: identity.TOKEN_SECONDS,
    image_registry.UNKNOWN: [],
    outages.OUTAGES: [],
    roles.EXTRA_RIGHTS: {},
    DROPPED: [],
    LATENCY: 0.0,
    **image_details.SCRIPT,
    **timeline.SCRIPT,
}


def prepare(store: Store) -> None:
    """Give a new store what it needs before the first request."""
    if store.setting(SAS) is None:
        store.put_setting(SAS, secrets.token_urlsafe(24))


def require_header(call: Call) -> None:
    """Return when the request comes from a program that knows the sandbox; raise 403 otherwise."""
    if HEADER not in call.headers:
        raise CloudError(403, "SandboxHeaderMissing", f"Send the header {HEADER}: 1.")


def get_log(call: Call) -> Answer:
    """Return the requests answered so far, in order; `after` skips those up to that number."""
    require_header(call)
    entries = call.store.requests(after=int(call.query.get("after", "0")))
    return Answer(200, [asdict(entry) for entry in entries])


def get_unknown(call: Call) -> Answer:
    """Return how many requests asked for an operation the sandbox does not have, and which."""
    require_header(call)
    unknown = [entry for entry in call.store.requests() if not entry.known]
    targets = [f"{entry.method} {entry.target}" for entry in unknown]
    return Answer(200, {"count": len(unknown), "requests": targets})


def get_script(call: Call) -> Answer:
    """Return every setting of the script with its value now."""
    require_header(call)
    return Answer(200, {name: call.store.setting(name, value) for name, value in SCRIPT.items()})


def put_script(call: Call) -> Answer:
    """Change the settings named in the body; the others stay."""
    require_header(call)
    sent = call.json()
    strangers = sorted(set(sent) - set(SCRIPT))
    if strangers:
        raise CloudError(400, "UnknownSetting", f"Not in the script: {', '.join(strangers)}.")
    for name, value in sent.items():
        call.store.put_setting(name, value)
    return get_script(call)


def post_workspace(call: Call) -> Answer:
    """Create a workspace from the fields of WorkspaceSpec."""
    require_header(call)
    sent = call.json()
    spec = WorkspaceSpec(**{**sent, "computes": tuple(sent.get("computes", ("cpu-cluster",)))})
    return Answer(201, {"id": add_workspace(call.store, spec).arm_id})


def post_registry(call: Call) -> Answer:
    """Create a registry from the fields of RegistrySpec."""
    require_header(call)
    sent = call.json()
    spec = RegistrySpec(**{**sent, "regions": tuple(sent.get("regions", ()))})
    return Answer(201, {"id": add_registry(call.store, spec).arm_id})


def post_reset(call: Call) -> Answer:
    """Forget everything but who may sign in: resources, operations, blobs, script and log."""
    require_header(call)
    with call.store.transaction():
        call.store.clear()
        prepare(call.store)
    return Answer(200, {})
