"""Who may do what: the identities of the bot's jobs, as role assignments on stages."""

from collections.abc import Mapping
from enum import Enum

from bot.sandbox.azureml.exchange import CloudError
from bot.sandbox.azureml.ids import PROVIDER, Scope
from bot.sandbox.azureml.store import Store

DEV, TEST, PRODUCTION, REGISTRY = "dev", "test", "production", "registry"
STAGES = (DEV, TEST, PRODUCTION)


class Right(Enum):
    """What a route asks for. SUBMIT is the part of WRITE that running jobs needs."""

    OPEN = "open"
    SIGNED_IN = "signed in"
    READ = "read"
    SUBMIT = "submit"
    WRITE = "write"


_READ = frozenset({Right.READ})
_SUBMIT = _READ | {Right.SUBMIT}
_WRITE = _SUBMIT | {Right.WRITE}

_GRANTS = {"read": _READ, "submit": _SUBMIT, "write": _WRITE}
EXTRA_RIGHTS = "extra_rights"

OPERATOR = "operator"
ASSIGNMENTS: Mapping[str, Mapping[str, frozenset[Right]]] = {
    "envbot-dev": {DEV: _WRITE},
    "envbot-registry": {DEV: _READ, REGISTRY: _WRITE, TEST: _SUBMIT, PRODUCTION: _READ},
    "envbot-test": {TEST: _WRITE, REGISTRY: _READ},
    "envbot-production": {PRODUCTION: _WRITE, TEST: _READ, REGISTRY: _READ},
    "envbot-reader": dict.fromkeys((DEV, TEST, PRODUCTION, REGISTRY), _READ),
    OPERATOR: {},
}


def require(store: Store, client: str, right: Right, scope: Scope) -> None:
    """Return when `client` has `right` on `scope`; raise the service's 403 otherwise.

    The operator may do everything; a scope without a stage is open to the operator only.
    """
    if client == OPERATOR:
        return
    if right in rights_on(store, client, scope):
        return
    action = f"{PROVIDER}/{scope.kind}/{'read' if right is Right.READ else 'write'}"
    raise CloudError(
        403,
        "AuthorizationFailed",
        f"The client '{client}' with object id '{client}' does not have authorization to perform"
        f" action '{action}' over scope '{scope.arm_id}' or the scope is invalid. If access was"
        " recently granted, please refresh your credentials.",
    )


def rights_on(store: Store, client: str, scope: Scope) -> frozenset[Right]:
    """Return what `client` may do on `scope`, with what the script grants beside its roles.

    The script's `extra_rights` is {client: {stage: "read", "submit" or "write"}}.
    """
    if client == OPERATOR:
        return _WRITE
    stage = REGISTRY if scope.is_registry else store.setting(stage_setting(scope))
    extra = store.setting(EXTRA_RIGHTS, {}).get(client, {}).get(stage)
    granted = _GRANTS[extra] if extra else frozenset()
    return granted | ASSIGNMENTS.get(client, {}).get(stage, frozenset())


def stage_setting(scope: Scope) -> str:
    """Return the name of the setting that holds the stage of a workspace."""
    return f"stage:{scope.arm_id.lower()}"
