"""What a body refers to must exist: environments, models, codes, computes, endpoints."""

from bot.sandbox.azureml.asset_kinds import KINDS
from bot.sandbox.azureml.exchange import Call, CloudError, Json
from bot.sandbox.azureml.ids import AssetReference, Scope, parse_asset, split_scope
from bot.sandbox.azureml.store import Store


def registry_scope(store: Store, name: str) -> Scope | None:
    """Return where the registry of that name lives, or None when there is none."""
    found = store.setting(f"registry:{name.lower()}")
    return (
        Scope(found["subscription"], found["group"], "registries", found["name"]) if found else None
    )


def find_asset(store: Store, reference: AssetReference) -> Json | None:
    """Return the asset version a reference names, or None."""
    scope = reference.scope
    if reference.registry is not None:
        scope = registry_scope(store, reference.registry)
    if scope is None:
        return None
    return store.get(scope.key(reference.kind, reference.name, "versions", reference.version))


def require_asset(call: Call, kind: str, text: str) -> str:
    """Return the id of an existing asset as the service writes it; raise its 400 otherwise.

    An asset of another workspace does not count: a workspace sees its own and the registries'.
    """
    reference = parse_asset(text)
    if reference is None or reference.kind != kind:
        raise CloudError(400, "UserError", f"The {KINDS[kind].noun} id '{text}' is not valid.")
    mine = reference.scope is None or reference.scope.arm_id.lower() == call.place.arm_id.lower()
    found = find_asset(call.store, reference) if mine else None
    if found is None:
        raise missing(KINDS[kind].noun, text)
    return str(found["id"])


def require_compute(call: Call, text: str) -> str:
    """Return the ARM id of an existing compute, named by id or by name alone."""
    found = split_scope(text.removeprefix("azureml:"))
    name = found[1][-1] if found and found[1] else text.rsplit("/", maxsplit=1)[-1]
    compute = call.store.get(call.place.key("computes", name))
    if compute is None:
        raise missing("Compute", text)
    return str(compute["id"])


def missing(noun: str, text: str) -> CloudError:
    """Return the service's error about a reference to nothing.

    The outer text and the detail of a model are known from issues; the details of the other
    kinds follow the same form, which nothing on record confirms.
    """
    detail = {"code": f"{noun}NotFound", "message": f"{noun} with id '{text}' was not found."}
    return CloudError(
        400,
        "UserError",
        "The specified resource was not found.",
        details=[{**detail, "target": None, "details": [], "additionalInfo": []}],
    )
