"""The story that `make demo` plays; it checks every step itself, through the SDK."""

import subprocess
import sys
from pathlib import Path

import pytest

CHAPTERS = (
    "0. A fleet in production",
    "1. A pull request improves logging",
    "2. Evidence: a forged notebook, then an honest one",
    "3. The registry, and every production model tested",
    "4. Approved, merged, applied, although a machine is lost and Azure fails",
    "5. git revert is the rollback",
    "6. A push past every approval",
    "7. A breaking change that calls itself a patch",
    "8. The fleet at the end",
)
PATIENCE_SECONDS = 420


@pytest.mark.timeout(PATIENCE_SECONDS + 20)
def test_the_demo_plays_every_chapter_and_checks_each_outcome(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--state", str(tmp_path / "state")],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        text=True,
        timeout=PATIENCE_SECONDS,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    positions = [done.stdout.find(chapter) for chapter in CHAPTERS]
    assert -1 not in positions
    assert positions == sorted(positions)
    assert "checks passed in" in done.stdout
