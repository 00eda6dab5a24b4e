"""What Azure says a place allows, read before anything is written there."""

from azure.core.exceptions import HttpResponseError

from bot.adapters.azureml.clients import Clients
from bot.core.config.platform import PRODUCTION_REGISTRY, REGISTRY
from bot.core.promotion_limits import RegistryLimits, allows, region_of
from bot.errors import BotError

_ML = "2024-10-01"
_RBAC = "2022-04-01"
_FORBIDDEN = 403


class Limits:
    """Reads registries, regions and rights; safe to use from several threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def registry(self, place: str) -> RegistryLimits:
        """Return whether the registry of `place` is private, and where it is.

        Raises:
            BotError: it cannot be read, or does not exist.
        """
        name = self._clients.registry_at(place)
        what = f"reading registry {name}"
        body = self._clients.reader.get(self._clients.registry_path(place), _ML, what)
        if body is None:
            raise BotError(f"Azure: {what} failed: there is no such registry.")
        said = body.get("properties") or {}
        regions = [one.get("location") or "" for one in said.get("regions") or ()]
        return RegistryLimits(
            name=name,
            is_private=str(said.get("publicNetworkAccess")).lower() == "disabled",
            regions=frozenset(region_of(one) for one in (body.get("location") or "", *regions)),
        )

    def region(self, stage: str) -> str:
        """Return where a stage's workspace is, as Azure writes it.

        Raises:
            BotError: it cannot be read, or does not exist.
        """
        at = self._clients.workspace(stage)
        what = f"reading workspace {at.name}"
        body = self._clients.reader.get(at.path, _ML, what)
        if body is None:
            raise BotError(f"Azure: {what} failed: there is no such workspace.")
        return str(body.get("location") or "")

    def may_do(self, place: str, action: str) -> bool | None:
        """Tell whether this identity may do `action` at a place; None where it may not ask that.

        Raises:
            BotError: Azure could not be asked.
        """
        is_registry = place in {REGISTRY, PRODUCTION_REGISTRY}
        path = (
            self._clients.registry_path(place)
            if is_registry
            else self._clients.workspace(place).path
        )
        where = f"{path}/providers/Microsoft.Authorization/permissions"
        try:
            found = tuple(self._clients.reader.list(where, _RBAC, f"reading the rights at {place}"))
        except BotError as error:
            cause = error.__cause__
            if isinstance(cause, HttpResponseError) and cause.status_code == _FORBIDDEN:
                return None
            raise
        return allows(found, action)
