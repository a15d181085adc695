"""Prices as a setting writes them."""

from decimal import Decimal

import pytest

from domain.errors import Invalid
from domain.prices import prices_of


def test_a_price_is_what_is_written_to_the_last_digit():
    written = '{"openai:mine": {"input": 0.1, "output": "0.4", "cached": 1e-2}}'

    assert prices_of(written) == {
        "openai:mine": {"input": Decimal("0.1"), "output": Decimal("0.4"), "cached": Decimal("0.01")}
    }
    assert prices_of("{}") == {}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("openai:mine=1", "is no JSON .* write it as"),
        ("[1]", "names no prices; write it as"),
        ('{"openai:mine": 1}', "names no prices; write it as"),
        ('{"openai:mine": {"input": -1, "output": 1}}', "'input' of 'openai:mine' is no amount"),
        ('{"openai:mine": {"input": 1, "output": true}}', "'output' of 'openai:mine' is no amount"),
        ('{"openai:mine": {"input": 1}}', "needs `input` and `output`"),
        ('{"openai:mine": {"input": 1, "output": 1, "hour": 1}}', "may have `cached`"),
        ('{"openai:mine": {"input": 1, "input": 1, "output": 1}}', "'input' stands there twice"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_no_price_is_refused_with_the_cure(written, said):
    with pytest.raises(Invalid, match=said):
        prices_of(written)
