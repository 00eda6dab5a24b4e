"""What another run does in the middle of ours: it takes the lease, or writes the same journal."""

from datetime import UTC, datetime, timedelta

from bot.core.production import journal, lease
from bot.core.production.journal import Journal, JournalEntry
from bot.core.production.lease import Lease
from bot.handlers.journal import FILE, release_ref
from bot.sandbox.github.git import BareRepository

_LASTING = timedelta(hours=1)
_NOBODYS = JournalEntry("P999", "C999", "p999", "c999", None, None, {}, "")


def take_lease(git: BareRepository) -> None:
    """Take the lease of production for a run that nobody knows."""
    held = Lease("somebody", "elsewhere", datetime.now(UTC) + _LASTING)
    put_document(git, lease.ref_of("production"), lease.FILE, lease.to_json(held))


def write_journal(git: BareRepository) -> None:
    """Write the journal of main's release with one deployment in it that is not ours."""
    main = git.find("refs/heads/main") or ""
    entries, now = (_NOBODYS,), datetime.now(UTC).isoformat()
    kept = Journal(main[:12], main, "0" * 64, "elsewhere", now, entries)
    put_document(git, release_ref(main), FILE, journal.to_bytes(kept))


def put_document(git: BareRepository, ref: str, file: str, data: bytes) -> None:
    """Make a ref hold one document, whatever it held."""
    blob = git.run("hash-object", "-w", "--stdin", data=data).decode().strip()
    tree = git.run("mktree", data=f"100644 blob {blob}\t{file}\n".encode()).decode().strip()
    git.set_ref(ref, git.commit_tree(tree, (), "Held", "x <x@example.com>"))
