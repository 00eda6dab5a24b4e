"""What production was before a release: written first, so that a crash loses nothing.

It holds identities, our own tags and digests, and no other field's value: those may be secrets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from bot.core.asset_id import is_same_asset, loadable
from bot.core.canonical import canonical_json
from bot.core.config.circuit import CircuitId
from bot.core.problem import Problem
from bot.core.production.action import Action
from bot.core.production.deployment import LiveDeployment
from bot.core.production.plan import Plan
from bot.errors import InvalidFileError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One deployment as it was before the write.

    Attributes:
        existed: False where there was none, and nothing more is known of it.
    """

    plant: str
    circuit: str
    endpoint: str
    deployment: str
    environment_id: str | None
    model_id: str | None
    our_tags: Mapping[str, str]
    rest_digest: str
    existed: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """Return what ties it to a planned action; ARM names ignore case."""
        return self.endpoint.lower(), self.deployment.lower()


@dataclass(frozen=True, slots=True)
class Journal:
    """One release's record.

    Attributes:
        release_id: names the release, and the ref that holds the journal.
        merge_sha: the commit of main that the release makes true.
        plan_fingerprint: the plan whose writes follow.
        run_id: the workflow run that wrote it.
        created_at: ISO 8601 with offset.
        entries: sorted by plant and circuit.
        format: version of this document's shape.
        owing: the pull requests that were last told of something not done.
        overwritten: what stood there instead when a later run of the release set out to write it
            again, as drift that policy overwrites; the latest of each deployment.
    """

    release_id: str
    merge_sha: str
    plan_fingerprint: str
    run_id: str
    created_at: str
    entries: tuple[JournalEntry, ...]
    format: int = FORMAT
    owing: tuple[int, ...] = ()
    overwritten: tuple[JournalEntry, ...] = ()

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """Return the keys of all its deployments, as a plan has them."""
        return frozenset(entry.key for entry in self.entries)


def entries_of(plan: Plan) -> tuple[JournalEntry, ...]:
    """Return an entry for every deployment that the plan would write, sorted by circuit."""
    entries = (
        _entry(action.circuit, action.live) if action.live else _nothing(action.circuit, action)
        for action in plan.updates
        if action.circuit is not None
    )
    return _by_circuit(entries)


def overwritten_by(plan: Plan, earlier: Journal) -> tuple[JournalEntry, ...]:
    """Return what a journal knows to have been overwritten once `plan` is carried out as well.

    What stands as the first run found it was never written, and what stands as the plan wants it is
    that run's own write. Anything else came from somebody after it.
    """
    entries = {entry.key: entry for entry in earlier.entries}
    found = {entry.key: entry for entry in earlier.overwritten}
    for action in plan.updates:
        entry, live = entries.get(action.key), action.live
        if entry is None or live is None or action.circuit is None:
            continue
        if _runs(live, entry.environment_id, entry.model_id):
            found.pop(action.key, None)
        elif not _runs(live, action.environment_id, action.model_id):
            found[action.key] = _entry(action.circuit, live)
    return _by_circuit(found.values())


def _runs(live: LiveDeployment, environment_id: str | None, model_id: str | None) -> bool:
    return is_same_asset(live.environment_id, environment_id) and is_same_asset(
        live.model_id, model_id
    )


def _by_circuit(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.plant, entry.circuit)))


def to_bytes(journal: Journal) -> bytes:
    """Return the journal as canonical JSON; equal journals give equal bytes."""
    return canonical_json(journal)


def from_bytes(data: bytes, path: str) -> Journal:
    """Return the journal that `to_bytes` wrote; `path` names it in the error.

    Raises:
        InvalidFileError: the bytes are no journal of a format this envbot knows.
    """
    try:
        journal = msgspec.json.decode(data, type=Journal)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _invalid(path, f"not a journal: {error}") from error
    if journal.format != FORMAT:
        raise _invalid(path, f"a journal of format {journal.format}, not {FORMAT}")
    return journal


def previous_env_versions(journal: Journal | Iterable[JournalEntry]) -> list[dict[str, str]]:
    """Return the content of `previous_env_versions.json`, in the environment strategy's form.

    `previous_environment` is the asset id as `az ml batch-deployment update --set environment=`
    takes it, which is not always as Azure returns it; a deployment that had none is left out. Of
    several that ran before, it is the latest.
    """
    entries = _latest(journal) if isinstance(journal, Journal) else journal
    return [
        {
            "plant_id": entry.plant,
            "circuit_id": entry.circuit,
            "previous_environment": loadable(entry.environment_id),
        }
        for entry in entries
        if entry.environment_id is not None
    ]


def _latest(journal: Journal) -> Iterable[JournalEntry]:
    later = {entry.key: entry for entry in journal.overwritten}
    return [later.get(entry.key, entry) for entry in journal.entries]


def _entry(circuit: CircuitId, live: LiveDeployment) -> JournalEntry:
    return JournalEntry(
        plant=circuit.plant,
        circuit=circuit.circuit,
        endpoint=live.endpoint,
        deployment=live.deployment,
        environment_id=live.environment_id,
        model_id=live.model_id,
        our_tags=live.our_tags,
        rest_digest=live.rest_digest,
    )


def _nothing(circuit: CircuitId, action: Action) -> JournalEntry:
    return JournalEntry(
        plant=circuit.plant,
        circuit=circuit.circuit,
        endpoint=action.endpoint,
        deployment=action.deployment,
        environment_id=None,
        model_id=None,
        our_tags={},
        rest_digest="",
        existed=False,
    )


def _invalid(path: str, what: str) -> InvalidFileError:
    remedy = "Somebody rewrote the ref, or a newer envbot did; read it with that one."
    return InvalidFileError([Problem(path, 0, 0, what, remedy)])
