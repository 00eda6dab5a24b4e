import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.change import Change, Kind
from bot.core.classify import Verdict, classify, declared, disagreements, judge
from bot.core.comparison import changes
from bot.core.config.policy import PackageGroups
from bot.core.environment import env_digest, read_environment
from bot.core.package_groups import NoAdditions
from bot.core.rules import CATALOGUE
from bot.core.tree import EXECUTABLE, REGULAR, SYMLINK, File, Tree

MakeTree = Callable[[Mapping[str, str | bytes]], Tree]
Edit = Callable[[str, str, str], Tree]

PACKAGES = ("tensorflow", "numpy", "joblib", "azureml-core", "requests", "pip", "python")
CHANGES = st.builds(
    Change,
    kind=st.sampled_from(list(Kind)),
    subject=st.sampled_from(PACKAGES),
    before=st.none() | st.just("1"),
    after=st.none() | st.just("2"),
    path=st.just("environment/conda.yml"),
    line=st.integers(min_value=1, max_value=9),
)


@pytest.fixture
def sample(checkout: Path, make_tree: MakeTree) -> Tree:
    """Return the sample environment of the repository."""
    root = checkout / "environment"
    files = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return make_tree({f.relative_to(checkout).as_posix(): f.read_bytes() for f in files})


@pytest.fixture
def edit(sample: Tree, make_tree: MakeTree) -> Edit:
    """Return what gives the sample with one text replaced, which must be there once."""

    def edited(path: str, before: str, after: str) -> Tree:
        text = sample[path].data.decode()
        assert text.count(before) == 1
        return {**sample, **make_tree({path: text.replace(before, after)})}

    return edited


def rules(verdict: Verdict) -> list[str]:
    return [finding.rule for finding in verdict.findings]


def test_nothing_changed_is_none(sample: Tree) -> None:
    verdict = classify(sample, sample, NoAdditions())

    assert verdict == Verdict("none", "none", requires_retrain=False, findings=())


def test_better_logging_is_a_patch(sample: Tree, edit: Edit) -> None:
    path = "environment/src/score.py"
    text = edit(path, "import json\nimport os\n", "import json\nimport logging\nimport os\n")
    for before, after in (
        (
            'MODEL_FOLDER = "model"\n',
            'MODEL_FOLDER = "model"\n\nlogger = logging.getLogger(__name__)\n',
        ),
        ('print(f"Model loaded: {folder}")', 'logger.info("Model loaded from %s", folder)'),
        (
            'print(f"Prediction: {result}")',
            'logger.info(f"Prediction for sensor {sensor_id}: {result}, confidence: {confidence}")',
        ),
        ('print(f"Scoring {len(readings)} readings")', 'logger.info("Scoring %d", len(readings))'),
    ):
        data = text[path].data.decode()
        assert data.count(before) == 1
        changed = data.replace(before, after).encode()
        text = {**text, path: File(path, REGULAR, str(hash(changed)), changed)}

    verdict = classify(sample, text, NoAdditions())

    assert (verdict.verdict, verdict.required_bump) == ("non-breaking", "patch")
    assert not verdict.requires_retrain
    assert rules(verdict) == ["logging_changed"]


def test_a_tensorflow_minor_declared_as_a_patch_needs_2_0_0_and_retraining(
    sample: Tree, edit: Edit, make_tree: MakeTree
) -> None:
    head = edit("environment/conda.yml", "tensorflow==2.13.0", "tensorflow==2.14.0")
    spec = sample["environment/environment.yml"].data.decode().replace("1.5.0", "1.5.1")
    head = {**head, **make_tree({"environment/environment.yml": spec})}

    verdict = classify(sample, head, NoAdditions())
    found = disagreements(verdict, declared(read_environment(sample), read_environment(head)))

    assert (verdict.verdict, verdict.required_bump) == ("breaking", "major")
    assert verdict.requires_retrain
    shown = [f"{finding.path}:{finding.line} {finding.message}" for finding in verdict.findings]
    assert (
        "environment/conda.yml:12 tensorflow 2.13.0 → 2.14.0 — "
        "a framework package was raised by a minor version"
    ) in shown
    assert [finding.rule for finding in found] == [
        "version_too_low",
        "class_tag_disagrees",
        "retrain_tag_disagrees",
    ]
    assert "needs 2.0.0" in found[0].message


def test_a_change_of_features_is_breaking(sample: Tree, edit: Edit) -> None:
    head = edit("environment/src/features.py", "rolling.mean()", "rolling.median()")

    verdict = classify(sample, head, NoAdditions())

    assert (rules(verdict), verdict.requires_retrain) == (["function_changed"], True)


def test_version_and_tags_alone_mean_nothing(sample: Tree, edit: Edit) -> None:
    head = edit("environment/environment.yml", '"1.5.0"', '"1.5.1"')

    assert classify(sample, head, NoAdditions()).verdict == "none"


def test_the_largest_impact_wins(sample: Tree, edit: Edit) -> None:
    conda = edit("environment/conda.yml", "tensorflow==2.13.0", "tensorflow==2.14.0")
    readme = edit("environment/README.md", "# The sample", "# A sample")

    verdict = classify(
        sample,
        {**sample, **conda, "environment/README.md": readme["environment/README.md"]},
        NoAdditions(),
    )

    assert rules(verdict) == ["documentation_changed", "framework_minor_raised"]
    assert verdict.verdict == "breaking"


def test_a_policy_tightens_what_a_package_is(sample: Tree, edit: Edit) -> None:
    head = edit("environment/conda.yml", "python-json-logger==2.0.7", "python-json-logger==2.1.0")

    by_floor = classify(sample, head, PackageGroups())
    by_policy = classify(sample, head, PackageGroups(numeric=("Python_JSON.logger",)))

    assert (rules(by_floor), rules(by_policy)) == (
        ["package_minor_raised"],
        ["numeric_minor_raised"],
    )


def test_files_outside_the_environment_are_no_matter_of_classification(
    sample: Tree, make_tree: MakeTree
) -> None:
    head = {**sample, **make_tree({"config/plants/P001/C001.yml": "x: 1\n"})}

    assert classify(sample, head, NoAdditions()).verdict == "none"


@pytest.mark.parametrize("mode", [EXECUTABLE, SYMLINK])
def test_another_mode_of_the_same_content_is_breaking(mode: str, sample: Tree) -> None:
    file = sample["environment/src/score.py"]
    head = {**sample, file.path: File(file.path, mode, file.oid, file.data)}

    assert rules(classify(sample, head, NoAdditions())) == ["file_mode_changed"]


def test_markdown_beside_the_source_may_be_read_by_it(sample: Tree, make_tree: MakeTree) -> None:
    base = {**sample, **make_tree({"environment/src/prompt.md": "Be brief.\n"})}
    head = {**sample, **make_tree({"environment/src/prompt.md": "Be long.\n"})}

    assert rules(classify(base, head, NoAdditions())) == ["unrecognised"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param('{"a": 1}', '{\n  "a": 1\n}', "comments_changed", id="layout"),
        pytest.param('{"a": "é"}', '{"a": "\\u00e9"}', "comments_changed", id="escape"),
        pytest.param(
            '{"properties": {"a": {}, "b": {}}}',
            '{"properties": {"b": {}, "a": {}}}',
            "schema_changed",
            id="order of properties",
        ),
        pytest.param('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "schema_changed", id="order"),
        pytest.param('{"a": 1}', '{"a": 1.0}', "schema_changed", id="number type"),
        pytest.param('{"a": 1}', '{"a": true}', "schema_changed", id="true is not 1"),
        pytest.param('{"a": 1}', '{"a": 1, "a": 1}', "could_not_analyse", id="twice"),
        pytest.param('{"a": 1}', '{"a": NaN}', "could_not_analyse", id="NaN"),
        pytest.param('{"a": 1}', "[" * 100_000, "could_not_analyse", id="nested"),
    ],
)
def test_a_schema_is_compared_by_what_it_says(
    before: str, after: str, expected: str, sample: Tree, make_tree: MakeTree
) -> None:
    path = "environment/schema/input.schema.json"
    trees = [{**sample, **make_tree({path: text})} for text in (before, after)]

    assert rules(classify(trees[0], trees[1], NoAdditions())) == [expected]


@pytest.mark.parametrize(
    ("spec", "dockerfile", "why"),
    [
        pytest.param("image: a:1\n", "", "not part of the image", id="image only"),
        pytest.param("build:\n  path: docker\n", "", "outside the build context", id="outside"),
        pytest.param(
            "build:\n  path: .\n",
            "COPY conda.yml .\n",
            "not copied by the Dockerfile",
            id="not copied",
        ),
        pytest.param(
            "build:\n  path: .\n", "COPY --from=other src /src\n", "not copied", id="from elsewhere"
        ),
    ],
)
def test_source_that_does_not_ship_blocks(
    spec: str, dockerfile: str, why: str, make_tree: MakeTree
) -> None:
    text = f'name: e\nversion: "1.0.0"\n{spec}'
    files = {
        "environment/environment.yml": text,
        "environment/Dockerfile": f"FROM a:1\n{dockerfile}",
        "environment/docker/Dockerfile": "FROM a:1\n",
    }
    base = make_tree({**files, "environment/src/score.py": "x = 1\n"})
    head = make_tree({**files, "environment/src/score.py": "x = 1  # one\n"})

    verdict = classify(base, head, NoAdditions())

    assert [finding.rule for finding in verdict.blocking] == ["source_not_in_environment"]
    assert why in verdict.blocking[0].message
    assert verdict.required_bump == "patch"


@pytest.mark.parametrize(
    "copy", ["COPY . /opt", "COPY ./src/ /opt", "ADD src /opt", 'COPY ["src/score.py", "/opt/"]']
)
def test_source_that_ships_does_not_block(copy: str, make_tree: MakeTree) -> None:
    files = {
        "environment/environment.yml": 'name: e\nversion: "1.0.0"\nbuild:\n  path: .\n',
        "environment/Dockerfile": f"FROM a:1\n{copy}\n",
    }
    base = make_tree({**files, "environment/src/score.py": "x = 1\n"})
    head = make_tree({**files, "environment/src/score.py": "x = 1  # one\n"})

    assert classify(base, head, NoAdditions()).blocking == ()


@given(st.lists(CHANGES, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_the_catalogue_cannot_change_the_outcome(
    found: list[Change], shuffler: random.Random
) -> None:
    shuffled = list(CATALOGUE)
    shuffler.shuffle(shuffled)

    one = judge(found, NoAdditions(), CATALOGUE)
    other = judge(found, NoAdditions(), shuffled)

    assert [f.impact for f in one.findings] == [f.impact for f in other.findings]
    assert (one.verdict, one.required_bump) == (other.verdict, other.required_bump)
    assert one.requires_retrain == other.requires_retrain


@given(CHANGES)
def test_what_no_rule_recognises_is_breaking_and_needs_retraining(change: Change) -> None:
    verdict = judge([change], NoAdditions(), catalogue=())

    assert rules(verdict) == ["unrecognised"]
    assert (verdict.verdict, verdict.requires_retrain) == ("breaking", True)


def test_only_an_unknown_file_and_a_model_package_that_nothing_installs_have_no_rule() -> None:
    changed = [
        Change(kind, package, "1", "2", "environment/conda.yml", 1)
        for kind in Kind
        for package in PACKAGES
    ]
    unmatched = {
        change.kind
        for change, finding in zip(changed, judge(changed, NoAdditions()).findings, strict=True)
        if finding.rule == "unrecognised"
    }

    # Which package models depend on may be known to the policy alone, and not to the facts.
    assert unmatched == {Kind.FILE_CHANGED, Kind.UNINSTALLED_PACKAGE_CHANGED}


TEXT = st.text(alphabet="abc=<>~!.0129 -#\\\n\t'\"[]{}:,@;()$é\u202e", max_size=60)


@pytest.mark.parametrize(
    "path",
    [
        "environment/conda.yml",
        "environment/requirements.txt",
        "environment/Dockerfile",
        "environment/environment.yml",
        "environment/src/score.py",
        "environment/schema/input.schema.json",
    ],
)
@given(before=TEXT, after=TEXT)
def test_any_text_gets_a_verdict_and_every_differing_file_a_finding(
    path: str, before: str, after: str
) -> None:
    trees = [{path: File(path, REGULAR, text, text.encode())} for text in (before, after)]

    verdict = classify(trees[0], trees[1], NoAdditions())

    assert (path in {finding.path for finding in verdict.findings}) == (before != after)


SPEC_LINES = st.permutations(
    ["name: e", 'version: "1.0.0"', "description: d", "build: {path: .}", "os_type: linux"]
).flatmap(lambda lines: st.integers(3, 5).map(lambda count: "\n".join(lines[:count]) + "\n"))


@given(SPEC_LINES, SPEC_LINES)
def test_no_impact_means_the_same_digest_and_the_other_way_round(before: str, after: str) -> None:
    path = "environment/environment.yml"
    trees = [{path: File(path, REGULAR, text, text.encode())} for text in (before, after)]

    unchanged = env_digest(trees[0]) == env_digest(trees[1])

    assert (classify(trees[0], trees[1], NoAdditions()).verdict == "none") == unchanged


def test_changes_are_sorted_by_place(sample: Tree, edit: Edit) -> None:
    head = {
        **edit("environment/conda.yml", "numpy==1.23.5", "numpy==1.23.4"),
        "environment/a.bin": File("environment/a.bin", REGULAR, "1", b"\0"),
    }

    found = changes(sample, head)

    assert [change.path for change in found] == ["environment/a.bin", "environment/conda.yml"]
