import pytest

from bot.core.declaration import FINDINGS, Declaration, disagreements
from bot.core.finding import Finding, Impact, Verdict

BREAKING = Verdict("breaking", "major", requires_retrain=True, findings=())
RENAMED = Verdict("breaking", "major", requires_retrain=False, findings=())
MINOR = Verdict("non-breaking", "minor", requires_retrain=False, findings=())
PATCH = Verdict("non-breaking", "patch", requires_retrain=False, findings=())
NONE = Verdict("none", "none", requires_retrain=False, findings=())

LINES = {"version": 2, "tags": 5, "tags.backward_compatible": 6, "tags.requires_retrain": 7}


def declares(
    after: str,
    *,
    compatible: bool | None = True,
    retrain: bool | None = False,
    before: str = "1.5.0",
    used: tuple[str, ...] = (),
) -> Declaration:
    return Declaration("custom-tf-env", before, after, compatible, retrain, LINES, used)


@pytest.mark.parametrize(
    ("verdict", "declaration"),
    [
        pytest.param(PATCH, declares("1.5.1"), id="a patch as a patch"),
        pytest.param(PATCH, declares("1.6.0"), id="a patch as a minor"),
        pytest.param(PATCH, declares("1.5.7"), id="numbers skipped"),
        pytest.param(PATCH, declares("1.5.3", used=("1.5.1", "1.5.2")), id="others were used"),
        pytest.param(NONE, declares("1.5.0", used=("1.5.0",)), id="the version of main"),
        pytest.param(MINOR, declares("1.6.0"), id="a minor as a minor"),
        pytest.param(BREAKING, declares("2.0.0", compatible=False, retrain=True), id="breaking"),
        pytest.param(RENAMED, declares("2.0.0", compatible=False), id="breaking, no retraining"),
        pytest.param(
            RENAMED, declares("2.0.0", compatible=False, retrain=True), id="stricter on retraining"
        ),
        pytest.param(
            PATCH, declares("2.0.0", compatible=False, retrain=True), id="stricter on everything"
        ),
        pytest.param(NONE, declares("1.5.0"), id="nothing changed"),
        pytest.param(NONE, declares("1.5.1", compatible=None, retrain=None), id="only a version"),
        pytest.param(MINOR, declares("1.0.0", before=""), id="the first version"),
    ],
)
def test_agrees(verdict: Verdict, declaration: Declaration) -> None:
    assert disagreements(verdict, declaration) == ()


@pytest.mark.parametrize(
    ("verdict", "declaration", "expected"),
    [
        pytest.param(PATCH, declares("1.5.0"), {"version_not_raised"}, id="same version"),
        pytest.param(MINOR, declares("1.5.1"), {"version_too_low"}, id="a minor as a patch"),
        pytest.param(PATCH, declares("1.4.9"), {"version_went_backwards"}, id="backwards"),
        pytest.param(NONE, declares("1.4.9"), {"version_went_backwards"}, id="only backwards"),
        pytest.param(
            PATCH, declares("1.5.1", used=("1.5.1",)), {"version_used_before"}, id="used before"
        ),
        pytest.param(
            NONE, declares("1.5.1", used=("1.5.1",)), {"version_used_before"}, id="only used"
        ),
        pytest.param(
            BREAKING,
            declares("1.5.1"),
            {"version_too_low", "class_tag_disagrees", "retrain_tag_disagrees"},
            id="breaking declared as a patch",
        ),
        pytest.param(
            BREAKING,
            declares("2.0.0", compatible=False, retrain=False),
            {"retrain_tag_disagrees"},
            id="retraining left out",
        ),
        pytest.param(
            PATCH, declares("1.5.1", compatible=False), {"class_tag_disagrees"}, id="tag breaking"
        ),
        pytest.param(PATCH, declares("2.0.0"), {"class_tag_disagrees"}, id="version breaking"),
        pytest.param(
            PATCH,
            declares("1.5.1", retrain=True),
            {"retrain_tag_disagrees"},
            id="retrain for a patch",
        ),
        pytest.param(
            PATCH,
            declares("1.5.1", compatible=None, retrain=None),
            {"class_tag_missing", "retrain_tag_missing"},
            id="tags missing",
        ),
    ],
)
def test_names_each_disagreement(
    verdict: Verdict, declaration: Declaration, expected: set[str]
) -> None:
    found = disagreements(verdict, declaration)

    assert {finding.rule for finding in found} == expected
    assert all(finding.blocks for finding in found)


def test_says_which_version_is_needed() -> None:
    found = disagreements(BREAKING, declares("1.5.1", compatible=False, retrain=True))

    assert [finding.message for finding in found] == [
        "1.5.0 → 1.5.1 is a patch version, the change asks for a major one: needs 2.0.0"
    ]


@pytest.mark.parametrize(
    ("declaration", "needed"),
    [
        pytest.param(declares("1.5.1", used=("1.5.1", "1.5.2")), "1.5.3", id="the same level"),
        pytest.param(declares("1.6.0", used=("1.6.0",)), "1.6.1", id="a minor version"),
    ],
)
def test_names_a_version_that_is_free(declaration: Declaration, needed: str) -> None:
    (found,) = disagreements(PATCH, declaration)

    assert found.message.endswith(f"needs {needed}")


def test_what_is_asked_for_is_free_as_well() -> None:
    found = disagreements(
        BREAKING, declares("1.5.1", compatible=False, retrain=True, used=("2.0.0",))
    )

    assert [finding.message.rpartition(" ")[2] for finding in found] == ["2.0.1"]


def test_points_at_the_line_that_must_change() -> None:
    found = disagreements(BREAKING, declares("1.5.1"))

    assert [finding.line for finding in found] == [2, 6, 7]


def test_a_blocking_finding_keeps_an_agreeing_change_from_passing() -> None:
    unshipped = Finding("source_not_in_environment", Impact.NONE, "p", 1, "m", blocks=True)
    verdict = Verdict("non-breaking", "patch", requires_retrain=False, findings=(unshipped,))

    assert disagreements(verdict, declares("1.5.1")) == (unshipped,)


def test_every_disagreement_is_documented() -> None:
    verdicts = (BREAKING, MINOR, PATCH, NONE)
    flags = (None, True, False)
    found = {
        finding.rule
        for verdict in verdicts
        for after in ("1.4.0", "1.5.0", "1.5.1", "1.6.0", "2.0.0")
        for compatible in flags
        for retrain in flags
        for finding in disagreements(
            verdict, declares(after, compatible=compatible, retrain=retrain, used=("1.6.0",))
        )
    }

    assert found == set(FINDINGS)
