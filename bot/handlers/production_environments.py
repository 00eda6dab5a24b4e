"""Registers released environments in the production workspace, where the strategy asks for it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.core import promotion_record
from bot.core.asset_id import parse_asset_id
from bot.core.candidate_tags import base_reference
from bot.core.config.promotion import RECREATE
from bot.core.environment import RegisteredEnvironment, env_digest, read_environment
from bot.core.facts.unpinned import unpinned_sources
from bot.core.production.environment_state import Objection, refusal_of_version
from bot.core.production.plan import Action
from bot.core.promotion_limits import unpinned_refusal
from bot.core.refusal import Refusal
from bot.core.tree import Tree
from bot.errors import BotError, InvalidFileError, UserError
from bot.handlers.context import Context
from bot.handlers.merges import Ledger
from bot.handlers.ref_record import read_record
from bot.handlers.released_content import released_digest

_STAGE = "production"


def recreate_for_production(ledger: Ledger, updates: Iterable[Action]) -> Mapping[str, str]:
    """Make the workspace hold every version that `updates` are to run.

    Returns the environment ids that it does not hold, each with why; nothing under the strategy
    `reference`. One version that cannot be made keeps no other from being made.
    """
    if ledger.context.rules.platform.promotion.registry_to_production != RECREATE:
        return {}
    failed: dict[str, str] = {}
    for text in sorted({one.environment_id for one in updates if one.environment_id}):
        try:
            _make_usable(ledger, text)
        except UserError as refused:
            failed[text] = f"{refused.refusal.headline}: {refused.refusal.facts[0]}"
        except BotError as error:
            failed[text] = (
                f"Its environment could not be made in the production workspace: {error.what}"
            )
    return failed


def _make_usable(ledger: Ledger, environment_id: str) -> None:
    context, cloud = ledger.context, ledger.cloud
    asset = parse_asset_id(environment_id)
    if asset is None:
        raise BotError(f"`{environment_id}` names no environment version.")
    released = cloud.environment(context.rules.platform.release_place, asset.name, asset.version)
    if released is None:
        raise BotError(f"{asset.label} is not in the registry, so nothing says what it holds.")
    existing = cloud.environment(_STAGE, asset.name, asset.version)
    if existing is None:
        files = _released_files(ledger, released)
        if unpinned := unpinned_sources(files):
            raise UserError(unpinned_refusal(unpinned))
        spec = replace(read_environment(files), tags=released.tags)
        _require_base(context, asset.label, base_reference(files, spec))
        existing = cloud.recreate(_STAGE, spec, files, version=asset.version)
        context.reporter.step(f"{asset.label} is in the production workspace")
    if not _is_same(existing, released):
        raise UserError(_differs(existing))


def _require_base(context: Context, label: str, base: str) -> None:
    """Return unless the registry of the base image says for certain that it does not have it.

    Raises:
        UserError: it says so (`ENV_IMAGE_GONE`): the copy could never be built.
    """
    if base and context.images.exists(base) is False:
        reason = f"{label} is made of {base}, which its registry does not have"
        raise UserError(refusal_of_version(Objection("ENV_IMAGE_GONE", reason, base), label))


def _released_files(ledger: Ledger, released: RegisteredEnvironment) -> Tree:
    """Return the files in git that the released version was made from, proven by its digest.

    The commit is only a place to look at: whichever it is, the files must give the digest that is
    known of the released version.

    Raises:
        UserError: no commit that is known has them.
    """
    context, digest = ledger.context, released_digest(ledger, released)
    for commit in _commits(context, released):
        if digest and context.repository.fetch_if_there(commit):
            files = context.repository.read(commit, "environment")
            if _digest_of(files) == digest:
                return files
    raise UserError(_no_source(released))


def _commits(context: Context, released: RegisteredEnvironment) -> tuple[str, ...]:
    ref = promotion_record.ref_of(released.name, released.version)
    seen = read_record(context.repository, ref, promotion_record.FILE)
    record = promotion_record.from_json(seen.data) if seen.data else None
    kept = {**(record.tags if record else {}), **released.tags}
    found = (kept.get("git_commit_sha"), context.rules.main)
    return tuple(commit for commit in found if commit)


def _digest_of(files: Tree) -> str | None:
    try:
        return env_digest(files)
    except InvalidFileError:
        return None


def _is_same(existing: RegisteredEnvironment, released: RegisteredEnvironment) -> bool:
    theirs, ours = (one.tags.get("env_digest") for one in (existing, released))
    return existing.asset_digest == released.asset_digest and theirs == ours


def _no_source(released: RegisteredEnvironment) -> Refusal:
    return Refusal(
        code="ENV_NOT_FOUND",
        headline=f"git does not have the files that {released.name}:{released.version} is made of",
        facts=("No commit that its tags or its record name gives the digest it is tagged with.",),
        resolver="whoever looks after config/platform.yml",
        next="Write `registry_to_production: reference`, or release these files again",
    )


def _differs(existing: RegisteredEnvironment) -> Refusal:
    label = f"{existing.name}:{existing.version}"
    return Refusal(
        code="ENV_CONTENT_DIFFERS",
        headline=f"{label} in the production workspace is not what the registry has",
        facts=("A registered version never changes, so that one stays.",),
        resolver="the author of the change",
        next="Raise the version and release it again",
    )
