"""Versioned assets of workspaces and registries: environments, models, data, components, codes."""

import re

from bot.sandbox.azureml.asset_kinds import KINDS, AssetKind
from bot.sandbox.azureml.exchange import Answer, Call, CloudError, Json, system_data
from bot.sandbox.azureml.ids import PROVIDER, Scope
from bot.sandbox.azureml.image_details import as_shown
from bot.sandbox.azureml.paging import in_view, page, top
from bot.sandbox.azureml.store import Store

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,254}")
# Data, component and code containers are made by the SDK itself under names of other forms.
_STRICT_NAMES = frozenset({"environments", "models"})
RESERVED_PREFIX = "azureml"


def put_version(call: Call) -> Answer:
    """Register a version (201), or change description, tags and archiving of one (200)."""
    kind = KINDS[call.captures["kind"].lower()]
    check_name(kind, call.captures["name"])
    properties = kind.prepare(call.json().get("properties") or {})
    with call.store.transaction():
        existing = call.store.get(version_key(call))
        if existing is None:
            body = add_version(
                call.store, call.place, kind, _named(call), properties, client=call.client
            )
            return Answer(201, body)
        return Answer(200, _update(call, kind, existing, properties))


def _named(call: Call) -> tuple[str, str]:
    return call.captures["name"], call.captures["version"]


def check_name(kind: AssetKind, name: str) -> None:
    """Return when an asset may be called `name`; raise the service's 400 otherwise."""
    if kind.plural == "environments" and name.lower().startswith(RESERVED_PREFIX):
        raise CloudError(
            400,
            "UserError",
            f"Environment name '{name}' can not start with the prefix AzureML.",
            component="environments",
        )
    if kind.plural in _STRICT_NAMES and not _NAME.fullmatch(name):
        raise CloudError(
            400, "ValidationError", f"'{name}' does not match {_NAME.pattern}.", component="mfe"
        )


def add_version(  # noqa: PLR0913 - what a stored version consists of
    store: Store,
    scope: Scope,
    kind: AssetKind,
    named: tuple[str, str],
    properties: Json,
    *,
    client: str,
) -> Json:
    """Store a new version, and its container when it is the first, and return it."""
    name, version = named
    body = {
        "id": scope.asset_id(kind.plural, name, version),
        "name": version,
        "type": f"{PROVIDER}/{scope.kind}/{kind.plural}/versions",
        "properties": properties,
        "systemData": system_data(client),
    }
    store.put(
        scope.key(kind.plural, name, "versions", version), versions_of(scope, kind, name), body
    )
    if store.get(scope.key(kind.plural, name)) is None:
        _add_container(store, scope, kind, name, client=client)
    if kind.plural == "codes":
        _index_code(store, scope, body)
    return body


def _add_container(store: Store, scope: Scope, kind: AssetKind, name: str, *, client: str) -> None:
    shown_id = scope.key(kind.plural, name)
    if scope.is_registry:
        shown_id = f"azureml://registries/{scope.name}/{kind.plural}/{name}"
    body = {
        "id": shown_id,
        "name": name,
        "type": f"{PROVIDER}/{scope.kind}/{kind.plural}",
        "properties": {"description": None, "tags": {}, "properties": {}, "isArchived": False},
        "systemData": system_data(client),
    }
    store.put(scope.key(kind.plural, name), scope.key(kind.plural), body)


def versions_of(scope: Scope, kind: AssetKind, name: str) -> str:
    """Return the collection that holds the versions of one asset."""
    return scope.key(kind.plural, name, "versions")


def version_key(call: Call) -> str:
    """Return the key of the version a call's path names."""
    name, version = _named(call)
    return call.place.key(call.captures["kind"], name, "versions", version)


def _update(call: Call, kind: AssetKind, existing: Json, sent: Json) -> Json:
    name, version = _named(call)
    before = existing["properties"]
    if kind.content(before) != kind.content(sent):
        raise CloudError(
            409,
            "UserError",
            f"{kind.noun} {name} with version {version} is already registered and cannot be"
            " changed.",
            component=kind.plural,
        )
    changed = {name: sent[name] for name in ("description", "tags", "isArchived")}
    existing["properties"] = {**before, **changed}
    existing["systemData"] = system_data(call.client, existing["systemData"])
    call.store.put(version_key(call), versions_of(call.place, kind, name), existing)
    return existing


def get_version(call: Call) -> Answer:
    """Return one version."""
    found = call.store.get(version_key(call))
    if found is None:
        raise not_found(call)
    is_environment = call.captures["kind"].lower() == "environments"
    return Answer(200, as_shown(call, found) if is_environment else found)


def not_found(call: Call) -> CloudError:
    """Return the 404 of a version that does not exist, in the service's words."""
    kind = KINDS[call.captures["kind"].lower()]
    name, version = call.captures["name"], call.captures.get("version", "")
    return CloudError(
        404,
        "UserError",
        f"No {kind.noun.lower()} exists for name: {name}, version: {version}, label: ",
        component=kind.plural,
    )


def list_versions(call: Call) -> Answer:
    """Return the versions of one asset, or for codes with `hash` those with that content.

    The versions of an archived asset count as archived, also new ones.
    """
    kind = KINDS[call.captures["kind"].lower()]
    if kind.plural == "codes" and "hash" in call.query:
        return page(call, _codes_with(call.store, call.place, call.query["hash"]))
    items = call.store.members(versions_of(call.place, kind, call.captures["name"]))
    if call.query.get("$orderBy", "").lower() in {"createdtime desc", "createdat desc"}:
        items.reverse()
    whole = call.store.get(call.place.key(kind.plural, call.captures["name"]))
    if whole is not None and _archived(whole):
        return page(call, top(call, in_view(call, items, lambda _: True)))
    return page(call, top(call, in_view(call, items, _archived)))


def _archived(body: Json) -> bool:
    return bool(body["properties"]["isArchived"])


def put_container(call: Call) -> Answer:
    """Change description, tags and archiving of an asset as a whole, or make it (201)."""
    kind, name = KINDS[call.captures["kind"].lower()], call.captures["name"]
    check_name(kind, name)
    existing = call.store.get(call.place.key(kind.plural, name))
    if existing is None:
        _add_container(call.store, call.place, kind, name, client=call.client)
    sent = call.json().get("properties") or {}
    body = _container(call, kind, name)
    for field in ("description", "tags", "isArchived"):
        if sent.get(field) is not None:
            body["properties"][field] = sent[field]
    call.store.put(call.place.key(kind.plural, name), call.place.key(kind.plural), body)
    return Answer(200 if existing else 201, body)


def get_container(call: Call) -> Answer:
    """Return an asset as a whole, with its latest and its next version."""
    kind, name = KINDS[call.captures["kind"].lower()], call.captures["name"]
    if call.store.get(call.place.key(kind.plural, name)) is None:
        raise not_found(call)
    return Answer(200, _container(call, kind, name))


def _container(call: Call, kind: AssetKind, name: str) -> Json:
    body = call.store.get(call.place.key(kind.plural, name)) or {}
    versions = [v["name"] for v in call.store.members(versions_of(call.place, kind, name))]
    numbers = [int(version) for version in versions if version.isdecimal()]
    body["properties"]["latestVersion"] = versions[-1] if versions else None
    body["properties"]["nextVersion"] = str(max(numbers, default=0) + 1)
    return body


def list_containers(call: Call) -> Answer:
    """Return all assets of a kind."""
    kind = KINDS[call.captures["kind"].lower()]
    names = [body["name"] for body in call.store.members(call.place.key(kind.plural))]
    items = [_container(call, kind, name) for name in names]
    return page(call, in_view(call, items, _archived))


def _index_code(store: Store, scope: Scope, body: Json) -> None:
    digest = body["properties"].get("properties", {}).get("hash_sha256")
    if digest:
        index = scope.key("code-hashes", digest)
        store.put(index, scope.key("code-hashes"), {"id": body["id"]})


def _codes_with(store: Store, scope: Scope, digest: str) -> list[Json]:
    index = store.get(scope.key("code-hashes", digest))
    found = store.get(index["id"]) if index else None
    return [found] if found else []
