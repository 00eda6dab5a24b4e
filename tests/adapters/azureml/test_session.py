"""What the environment says about proxies and certificates, and what of it is left aside."""

from pathlib import Path

import pytest
from requests import Request

from bot.adapters.azureml.session import SteadySession

URL = "https://management.example/subscriptions"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def sent_with(session: SteadySession, url: str = URL) -> tuple[object, object]:
    """Return the proxy for `url` and how its certificate is checked, as azure-core asks."""
    found = session.merge_environment_settings(url, None, None, True, None)
    return found["proxies"].get("https"), found["verify"]


def test_without_a_word_of_the_environment_there_is_no_proxy() -> None:
    assert sent_with(SteadySession()) == (None, True)


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")

    assert sent_with(SteadySession())[0] == "http://proxy.example:3128"


def test_a_host_that_the_environment_excepts_is_called_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "management.example")
    session = SteadySession()

    assert sent_with(session)[0] is None
    assert sent_with(session, "https://other.example/")[0] == "http://proxy.example:3128"


def test_certificates_of_the_environment_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ours.pem")

    assert sent_with(SteadySession())[1] == "/etc/ours.pem"


def test_a_netrc_file_does_not_take_the_place_of_our_token(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine management.example login eve password secret\n")
    request = Request("GET", URL, headers={"Authorization": "Bearer ours"})

    assert SteadySession().prepare_request(request).headers["Authorization"] == "Bearer ours"
