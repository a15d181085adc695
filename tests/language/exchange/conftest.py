"""A Saturday noon in Berlin, and what a reader finds in a text then."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.imports import Problem
from domain.people import Clock


@pytest.fixture
def clock():
    return Clock(now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")))


@pytest.fixture
def sorted_out():
    """What was found, and the sentences of what was not."""

    def sort(results):
        results = list(results)
        found = [result.thing for result in results if not isinstance(result, Problem)]
        return found, [result.problem for result in results if isinstance(result, Problem)]

    return sort
