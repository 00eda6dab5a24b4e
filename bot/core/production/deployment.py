"""A batch deployment as git wants it and as Azure Machine Learning has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.core.asset_id import is_same_asset, parse_asset_id, with_version
from bot.core.config.circuit import CircuitId

RELEASE_TAG = "envbot_release"
"""The tag that names the release that a deployment runs, by the commit of main that asked it."""

OUR_TAGS = frozenset({RELEASE_TAG, "rolled_back_at", "rolled_back_by", "rollback_reason"})
"""The tags of a deployment that envbot writes; every other tag belongs to somebody else."""

SETTLED_STATES = frozenset({"succeeded", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class DesiredDeployment:
    """What one circuit's config asks of production.

    Attributes:
        model_version: None means that the model stays as it is.
        new_model_id: the model of a deployment that is not there yet; None without a version.
        key: what ties it to a live deployment; ARM names ignore case. A plan asks for it often, so
            it is made once.
    """

    circuit: CircuitId
    endpoint: str
    deployment: str
    environment_id: str
    environment: str
    version: str
    model_version: str | None
    new_model_id: str | None = field(default=None, compare=False)
    key: tuple[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", deployment_key(self.endpoint, self.deployment))

    @property
    def label(self) -> str:
        """Return the environment as people write it, `name:version`."""
        return f"{self.environment}:{self.version}"

    def model_after(self, live: "LiveDeployment | None") -> str | None:
        """Return the model that `live` runs once it is as desired; of None a new one's."""
        if live is None:
            return self.new_model_id
        if self.model_version is None or not live.model_id or not parse_asset_id(live.model_id):
            return live.model_id
        return with_version(live.model_id, self.model_version)


class LastWrite(NamedTuple):
    """Who last wrote a deployment, and when, by Azure's own record.

    Attributes:
        by: the name of a person, the id of an application.
        by_person: False for applications, of which the bot is one.
    """

    at: datetime
    by: str
    by_person: bool


@dataclass(frozen=True, slots=True)
class LiveDeployment:
    """What one read of Azure returned.

    Attributes:
        environment_id: None for deployments without one (MLflow models).
        kind: `component` for pipeline-component deployments, which envbot never writes.
        rest_digest: digest of everything else, so that a change can be seen and not read.
        unsupported_fields: fields that a write through the SDK would lose.
        last_write: None where Azure does not say.
        key: what ties it to a desired deployment, as there.
    """

    endpoint: str
    deployment: str
    environment_id: str | None
    model_id: str | None
    tags: Mapping[str, str]
    provisioning_state: str
    kind: Literal["model", "component"]
    rest_digest: str
    unsupported_fields: tuple[str, ...] = ()
    last_write: LastWrite | None = None
    key: tuple[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", deployment_key(self.endpoint, self.deployment))

    @property
    def our_tags(self) -> dict[str, str]:
        """Return the tags that envbot wrote, sorted by name."""
        return {name: self.tags[name] for name in sorted(OUR_TAGS & self.tags.keys())}

    @property
    def is_settled(self) -> bool:
        """Tell whether no operation is running on it; an unknown state is not settled."""
        return self.provisioning_state.lower() in SETTLED_STATES

    @property
    def has_succeeded(self) -> bool:
        """Tell whether its last operation ended well."""
        return self.provisioning_state.lower() == "succeeded"

    def is_as_seen(self, seen: "LiveDeployment") -> bool:
        """Tell whether nothing that a write relies on moved since `seen` was read."""
        return (
            is_same_asset(self.environment_id, seen.environment_id)
            and is_same_asset(self.model_id, seen.model_id)
            and dict(self.tags) == dict(seen.tags)
            and self.rest_digest == seen.rest_digest
        )


def tags_after(live: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a deployment after a write: everybody else's kept, ours replaced."""
    others = {name: value for name, value in live.items() if name not in OUR_TAGS}
    return others | dict(ours)


@lru_cache(maxsize=65_536)
def deployment_key(endpoint: str, deployment: str) -> tuple[str, str]:
    """Return what ties the desired to the live deployment of one name; ARM names ignore case.

    Both get the same object, so that sets of keys are compared without reading a single name.
    """
    return endpoint.lower(), deployment.lower()
