"""What `/bump` declares of a change: what counts, found or given, and what the version says."""

from datetime import UTC, datetime

import pytest

from bot.core.environment_layout import SPEC_PATH
from bot.core.gates.overrides import NO_OVERRIDES, Overrides
from bot.core.override import Override
from bot.core.review import review
from bot.handlers.bump import edit_for
from bot.handlers.context import Context
from bot.handlers.sources import read_sources

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOOSENED = Overrides(Override(1, "lise", AT, breaking=False, reason="only on CPU"))
TIGHTENED = Overrides(Override(1, "ada", AT, breaking=True, reason="values move"))
FRAMEWORK = ("environment/conda.yml", b"tensorflow==2.13.0", b"tensorflow==2.14.0")
COMMENT = ("environment/src/score.py", b"import json\n", b"import json  # for the driver\n")


@pytest.mark.parametrize(
    ("change", "overrides", "version", "tags"),
    [
        pytest.param(COMMENT, NO_OVERRIDES, "1.5.2", ("true", "false"), id="a patch"),
        pytest.param(COMMENT, NO_OVERRIDES, "2.0.0", ("false", "false"), id="a patch as a major"),
        pytest.param(COMMENT, TIGHTENED, "2.0.0", ("false", "true"), id="a patch, tightened"),
        pytest.param(FRAMEWORK, NO_OVERRIDES, "2.0.0", ("false", "true"), id="breaking"),
        pytest.param(FRAMEWORK, LOOSENED, "1.5.2", ("true", "false"), id="breaking, loosened"),
    ],
)
def test_bump_declares_what_counts(
    context: Context,
    change: tuple[str, bytes, bytes],
    overrides: Overrides,
    version: str,
    tags: tuple[str, str],
) -> None:
    repository, rules = context.repository, context.rules
    path, before, after = change
    tree = repository.read(rules.main, "environment")
    files = {
        path: tree[path].data.replace(before, after),
        SPEC_PATH: tree[SPEC_PATH].data.replace(b'"1.5.0"', b'"1.5.1"'),
    }
    head = repository.commit((rules.main,), files, "Change", at=AT)
    sources = read_sources(repository, rules.main, head)
    reviewed = review(sources, rules.platform, rules.policy, overrides)

    edit = edit_for(reviewed, version, from_version=None, selector=None)

    spec = edit.files[SPEC_PATH].decode()
    assert f'version: "{version}"' in spec
    assert f'backward_compatible: "{tags[0]}"' in spec
    assert f'requires_retrain: "{tags[1]}"' in spec


@pytest.mark.parametrize("overrides", [NO_OVERRIDES, LOOSENED], ids=["found", "loosened"])
def test_production_is_pinned_by_the_version_whatever_the_class(
    context: Context, overrides: Overrides
) -> None:
    repository, rules = context.repository, context.rules
    spec = repository.read(rules.main, SPEC_PATH)[SPEC_PATH].data
    conda = repository.read(rules.main, FRAMEWORK[0])[FRAMEWORK[0]].data
    files = {
        FRAMEWORK[0]: conda.replace(*FRAMEWORK[1:]),
        SPEC_PATH: spec.replace(b'"1.5.0"', b'"2.0.0"'),
    }
    head = repository.commit((rules.main,), files, "Change", at=AT)
    sources = read_sources(repository, rules.main, head)
    reviewed = review(sources, rules.platform, rules.policy, overrides)

    edit = edit_for(reviewed, "2.0.0", from_version=None, selector=None)

    (path,) = (path for path in edit.files if path.startswith("config/plants/"))
    assert b"deployment:\n  environment_version: '1.5.0'" in edit.files[path]
