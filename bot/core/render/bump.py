"""A bulk edit for a terminal."""

from bot.core.config.bump import Bump
from bot.core.render.markdown import plural


def bump_text(bump: Bump, *, done: bool) -> str:
    """Return what was edited, or would be, with the outliers by name and everything counted."""
    summary = bump.summary
    lines = [
        f"  {one.field}: {one.before or 'absent'} → {one.after}, {plural(one.circuits, 'circuit')}"
        for one in summary.edits
    ]
    for version, circuits in summary.outliers.items():
        lines.append(f"  ! left at {version}: {', '.join(str(circuit) for circuit in circuits)}")
    verb = "Edited" if done else "Would edit"
    total = f"{verb} {plural(summary.circuits, 'file')}; {summary.untouched:,} circuits untouched."
    return "\n".join([*lines, total]) + "\n"
