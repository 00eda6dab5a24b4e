"""A plain pin is read without the grammar of requirements, and to the same end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from bot.core.facts.dependency import Form, parse_pip
from bot.core.facts.pip_grammar import read_demand
from bot.core.package_groups import normalise

NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,12}", fullmatch=True)
EXTRAS = st.sampled_from(["", "[fuse]", "[Gpu2]", "[a,b]", "[b_c]", "[]", "[ a ]", "["])
VERSIONS = st.from_regex(r"[0-9a-z.*+!-]{1,12}", fullmatch=True)


@given(NAMES, EXTRAS, VERSIONS)
def test_a_pin_means_what_the_grammar_says(name: str, extras: str, version: str) -> None:
    text = f"{name}{extras}=={version}"
    found, demand = parse_pip(text, 1), read_demand(text)

    if demand is None:
        assert found.form in {Form.UNPARSED, Form.SOURCE}
    else:
        assert found.name == normalise(demand.name)
        assert (found.form, found.version, found.constraint, found.variant) == demand[1:]


@pytest.mark.parametrize("text", ["numpy==1.26.4", "Azure_ML.core==01.2", "x==2023"])
def test_a_release_is_an_exact_demand(text: str) -> None:
    demand = read_demand(text)
    found = parse_pip(f"{text} --hash=sha256:00", 3)

    assert demand is not None
    assert (found.form, found.version, found.constraint) == (Form.EXACT, *demand[2:4])
    assert (found.hashes, found.line) == ("--hash=sha256:00", 3)


@given(NAMES)
def test_a_name_is_spelt_as_the_index_spells_it(name: str) -> None:
    assert normalise(name) == canonicalize_name(name)
