"""What a released version holds, as far as a production write may rest on it."""

from bot.core.environment import RegisteredEnvironment, env_digest
from bot.core.environment_layout import FOLDER
from bot.handlers.merges import Ledger
from bot.handlers.past_versions import changes_of_version, version_at
from bot.handlers.source_records import read_source


def released_digest(ledger: Ledger, released: RegisteredEnvironment) -> str | None:
    """Return the env_digest of a version of the registry that production uses; None if unknown.

    Azure tells it by a tag. Where the registry has dropped that, the hop's record names it; but any
    writer can rewrite a record (D2), so only a content counts that an approved merge brought to
    main under that version. Whoever forges a record can keep a release waiting, and no more.
    """
    if digest := released.tags.get("env_digest"):
        return digest
    platform = ledger.context.rules.platform
    registry = platform.registry_at(platform.release_place)
    record = read_source(ledger.context, registry, released.name, released.version)
    if record is None or not _is_approved_as(ledger, released.version, record.env_digest):
        return None
    return record.env_digest


def _is_approved_as(ledger: Ledger, version: str, digest: str) -> bool:
    repository, main = ledger.context.repository, ledger.context.rules.main
    return any(
        version_at(repository, commit) == version
        and env_digest(repository.read(commit, FOLDER)) == digest
        and not ledger.objection_to(commit)
        for commit, _ in changes_of_version(repository, main)
    )
