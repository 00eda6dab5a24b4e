from hypothesis import given
from hypothesis import strategies as st

from bot.core.tag_limits import MAX_NAME, MAX_TAGS, MAX_VALUE, fitting_tags, not_carried, tag_texts

TEXTS = st.text(max_size=2 * MAX_VALUE)
TAGS = st.dictionaries(st.text(min_size=1, max_size=2 * MAX_NAME), TEXTS, max_size=2 * MAX_TAGS)


@given(tags=TAGS)
def test_what_comes_out_fits(tags: dict[str, str]) -> None:
    fitted = fitting_tags(tags, ())

    assert len(fitted) <= MAX_TAGS
    assert all(len(name) <= MAX_NAME for name in fitted)
    assert all(len(value) <= MAX_VALUE for value in fitted.values())


def test_what_fits_stays_as_it_is() -> None:
    tags = {f"{number:0{MAX_NAME}}": "x" * MAX_VALUE for number in range(MAX_TAGS)}

    assert fitting_tags(tags, ()) == tags


def test_tags_are_texts_also_where_azure_has_null() -> None:
    assert tag_texts({"a": "b", "none": None, "": ""}) == {"a": "b", "none": "", "": ""}
    assert tag_texts(None) == {}


def test_a_long_value_says_how_much_is_missing() -> None:
    fitted = fitting_tags({"change_summary": "x" * 5000}, ())["change_summary"]

    kept, _, note = fitted.partition("…")
    assert note == f" ({5000 - len(kept)} more characters)"


def test_a_name_too_long_is_left_out() -> None:
    assert fitting_tags({"x" * (MAX_NAME + 1): "1", "y": "2"}, ()) == {"y": "2"}


def test_the_needed_ones_stay_whatever_else_there_is() -> None:
    tags = {f"own{number}": "" for number in range(MAX_TAGS)} | {"pr_number": "PR-1"}

    fitted = fitting_tags(tags, {"pr_number"})

    assert list(fitted) == [*(f"own{number}" for number in range(MAX_TAGS - 1)), "pr_number"]


def test_what_a_copy_lost_or_cut_is_kept_elsewhere() -> None:
    wanted = {"same": "1", "cut": "long", "lost": "x"}

    assert not_carried(wanted, {"same": "1", "cut": "lo", "other": "y"}) == {
        "cut": "long",
        "lost": "x",
    }
