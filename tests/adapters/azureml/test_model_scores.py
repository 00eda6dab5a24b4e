import pytest

from bot.adapters.azureml.model_scores import parse_scores


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="not text"),
        pytest.param(b"17", id="a number"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b'{"name": "m", "version": "1"}', id="no outcome"),
        pytest.param(b'{"name": "m", "version": 1, "passed": true}', id="a numeric version"),
        pytest.param(b'{"name": "m", "version": "1", "passed": "yes"}', id="a text outcome"),
    ],
)
def test_leaves_out_what_is_no_score(data: bytes) -> None:
    assert list(parse_scores(data)) == []


def test_reads_several_scores_in_one_file() -> None:
    passed = b'{"name": "m", "version": "1", "passed": true}'
    failed = b'{"name": "n", "version": "2", "passed": false, "why": "differs"}'
    data = b'[%s, {"x": 1}, %s]' % (passed, failed)

    assert [(score.result.ref, score.result.passed) for score in parse_scores(data)] == [
        (("m", "1"), True),
        (("n", "2"), False),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param('"rows": "3", "predictions": {}', id="of other types"),
        pytest.param('"baseline": 1', id="a number for the baseline"),
    ],
)
def test_takes_nothing_for_what_it_is_not(fields: str) -> None:
    data = f'{{"name": "m", "version": "1", "passed": true, {fields}}}'

    score = next(parse_scores(data.encode()))

    assert (score.rows, score.predictions, score.is_baseline) == (0, (), False)
