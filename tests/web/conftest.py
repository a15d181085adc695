"""Servers of the chat page: one without any key, one whose model says what the test dictates."""

from collections.abc import Iterator

import pytest

from tests.providers.dictated import Dictation, dictated
from tests.web.browser import Server


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without any key."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def provider() -> Iterator[Dictation]:
    """What the slow server asks."""
    with dictated() as dictation:
        yield dictation


@pytest.fixture
def model(provider: Dictation) -> Dictation:
    """A model that says what the test dictates."""
    provider.forgets()
    return provider


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, provider: Dictation) -> Iterator[Server]:
    """A server with that model, which does not wait long when it stops."""
    quick = {"METACORTEX_GRACE_SECONDS": "0.2", "METACORTEX_LEASE_SECONDS": "2"}
    server = Server(tmp_path_factory.mktemp("home"), **provider.settings, **quick)
    server.start()
    yield server
    server.stop()
