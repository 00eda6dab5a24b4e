"""What the caller may do on a workspace or registry, as Microsoft.Authorization lists it.

Source: REST reference of Azure RBAC, "Permissions - List For Resource".
"""

from bot.sandbox.azureml.exchange import Answer, Call, Json
from bot.sandbox.azureml.ids import PROVIDER
from bot.sandbox.azureml.roles import OPERATOR, Right, rights_on

# Of the role AzureML Registry User, and of custom roles that leave releases to others.
_REGISTRY_USER = (f"{PROVIDER}/registries/read", f"{PROVIDER}/registries/assets/*")
_SUBMITTER = tuple(
    f"{PROVIDER}/workspaces/{kind}/write" for kind in ("codes", "components", "data", "jobs")
)
_READER = ("*/read",)


def list_permissions(call: Call) -> Answer:
    """Return the caller's roles on the scope, one item for each."""
    actions = _actions(call)
    role: Json = {"actions": [*actions], "notActions": [], "dataActions": [], "notDataActions": []}
    return Answer(200, {"value": [role], "nextLink": None})


def _actions(call: Call) -> tuple[str, ...]:
    if call.client == OPERATOR:
        return ("*",)
    rights = rights_on(call.store, call.client, call.place)
    if Right.WRITE in rights:
        return _REGISTRY_USER if call.place.is_registry else (f"{PROVIDER}/workspaces/*",)
    return (*_READER, *_SUBMITTER) if Right.SUBMIT in rights else _READER
