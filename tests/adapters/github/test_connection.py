"""Links of GitHub's API, whose port may be spelled out; nothing listens where they lead to."""

import pytest
import requests

from bot.adapters.github import GitHubSettings
from bot.adapters.github.connection import connect

# NOTE: the port of https on loopback, where a test machine serves nothing. That the connection is
# tried at all is what is looked for: PyGithub asserts before that the address is GitHub's.
PLAIN, SPELLED = "https://127.0.0.1", "https://127.0.0.1:443"


def follow(api_url: str, link: str) -> None:
    settings = GitHubSettings(api_url, "plant/envs", "t", pause=0.0, backoff=0.0)
    connect(settings).requestJsonAndCheck("GET", link)


@pytest.mark.parametrize(
    ("api_url", "link"),
    [
        pytest.param(PLAIN, f"{PLAIN}/repositories/1/pulls?page=2", id="in neither"),
        pytest.param(PLAIN, f"{SPELLED}/repositories/1/pulls?page=2", id="in the link"),
        pytest.param(SPELLED, f"{PLAIN}/repositories/1/pulls?page=2", id="in the setting"),
        pytest.param(SPELLED, f"{SPELLED}/repositories/1/pulls?page=2", id="in both"),
        pytest.param(SPELLED, "/repos/plant/envs", id="in no link at all"),
    ],
)
def test_a_link_is_followed_whether_it_names_the_port_of_https_or_not(
    api_url: str, link: str
) -> None:
    with pytest.raises(requests.ConnectionError):
        follow(api_url, link)


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://127.0.0.1:444/repositories/1", id="another port"),
        pytest.param("http://127.0.0.1:443/repositories/1", id="that port in the clear"),
        pytest.param("https://evil.example/repositories/1", id="another host"),
    ],
)
def test_a_link_to_another_service_is_not_followed(link: str) -> None:
    with pytest.raises(AssertionError):
        follow(PLAIN, link)
