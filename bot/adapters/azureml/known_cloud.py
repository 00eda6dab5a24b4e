"""The cloud that ARM_CLOUD_METADATA_URL names, read once for a process.

NOTE: azure-ai-ml 1.35.2 keeps what it has read under the names of the cloud's fields and not under
the cloud's own, so that it reads the page again, over a connection of its own, up to a dozen times
for every file that it downloads: a third of all calls of a release of 200 models.
"""

from azure.ai.ml import _azure_environments as clouds

_BUILT_IN = frozenset(clouds._environments)  # noqa: SLF001 - where the SDK itself looks clouds up


def remember_cloud() -> None:
    """Let the SDK find the cloud that it works in under its name; one it knows stays as it is."""
    known = clouds._environments  # noqa: SLF001 - as above
    name = clouds._get_default_cloud_name()  # noqa: SLF001 - as the SDK's clients ask for it
    if name in _BUILT_IN:
        return
    known.pop(name, None)
    known[name] = clouds._get_cloud(name)  # noqa: SLF001 - as above
