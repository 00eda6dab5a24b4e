"""The golden files themselves."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_each_folder_belongs_to_a_scenario() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    scenarios = set(re.findall(r"^def test_(\w+)\(", sources, re.MULTILINE))

    assert {folder.name for folder in (HERE / "golden").iterdir()} <= scenarios
