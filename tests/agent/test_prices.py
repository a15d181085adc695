"""What a call costs: as the list has it that comes with us, or as the settings say."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from agent.models.prices import Prices
from domain.model_calls import Usage

ROOT = Path(__file__).parent.parent.parent
MILLION = 1_000_000
TABLE = {
    "openai:mine": {"input": Decimal("2"), "output": Decimal("8"), "cached": Decimal("0.5")},
    "openai:plain": {"input": Decimal("2"), "output": Decimal("8")},
    "openai:free": {"input": Decimal("0"), "output": Decimal("0")},
    "openai:odd": {"input": Decimal("2"), "output": Decimal("8"), "cached": Decimal("3")},
}


@pytest.mark.parametrize(
    ("model", "usage", "dollars"),
    [
        ("openai:mine", {"input_tokens": MILLION}, 2),
        ("openai:mine", {"input_tokens": MILLION, "cached_tokens": MILLION, "output_tokens": MILLION}, Decimal("8.5")),
        ("openai:plain", {"input_tokens": MILLION, "cached_tokens": MILLION}, 2),
        ("openai:mine", {"input_tokens": 10, "cached_tokens": MILLION}, Decimal("0.000005")),
        ("openai:free", {"input_tokens": MILLION}, 0),
        ("offline", {"input_tokens": MILLION}, 0),
        ("openai:nobody-knows", {}, 0),
        ("openai:nobody-knows", {"input_tokens": 1}, None),
        ("openai:whisper-1", {"input_tokens": 1}, None),
        ("other:gpt-5-mini", {"input_tokens": 1}, None),
    ],
    ids=["table", "cached", "cached as dear", "more cached than read", "free", "offline", "nothing", "unknown",
         "not by tokens", "provider"],
)  # fmt: skip
def test_a_call_costs_what_the_table_or_the_list_says(model, usage, dollars):
    assert Prices(TABLE)(model, Usage(**usage)) == dollars


@pytest.mark.parametrize(
    ("model", "answered_by"),
    [("openai:gpt-5-mini", "gpt-5-mini-2025-08-07"), ("anthropic:claude-haiku-4-5", "claude-haiku-4-5-20251001")],
)
def test_the_list_knows_models_by_their_dated_names_and_what_caches_save(model, answered_by):
    prices, read = Prices(), Usage(input_tokens=1_000, output_tokens=100)
    cached = Usage(input_tokens=1_000, output_tokens=100, cached_tokens=900)

    assert 0 < prices(model, cached) < prices(model, read)
    assert prices(model, read, answered_by) == prices(model, read)
    assert prices("openai:nobody-knows", Usage(input_tokens=1), "gpt-5-mini") is not None


def test_writing_to_a_cache_costs_what_the_provider_takes_for_it():
    prices = Prices()
    plain, written = (Usage(input_tokens=1_000, cache_written_tokens=each) for each in (0, 1_000))

    assert prices("anthropic:claude-haiku-4-5", written) > prices("anthropic:claude-haiku-4-5", plain)
    assert prices.most("anthropic:claude-haiku-4-5", 1_000, 0) == prices("anthropic:claude-haiku-4-5", written)


def test_the_table_stands_before_the_list():
    dear = Prices({"openai:gpt-5-mini": {"input": Decimal(1_000), "output": Decimal(1_000)}})

    assert dear("openai:gpt-5-mini", Usage(input_tokens=1_000)) == 1
    assert dear("openai:gpt-5-mini", Usage(input_tokens=1_000), "gpt-5-mini-2025-08-07") == 1


def test_nothing_that_a_call_may_take_costs_more_than_the_most():
    prices = Prices(TABLE)

    for model in ("openai:mine", "openai:odd", "openai:gpt-5-mini", "anthropic:claude-haiku-4-5"):
        most = prices.most(model, 1_000, 500)
        for cached in (0, 300, 1_000):
            for written in (0, 700):
                usage = Usage(
                    input_tokens=1_000, output_tokens=500, cached_tokens=cached, cache_written_tokens=written
                )  # fmt: skip
                assert prices(model, usage) <= most
    assert prices.most("openai:nobody-knows", 1, 1) is None


def test_the_list_is_read_only_where_a_price_is_asked_for():
    code = (
        "import sys, wiring; from agent.models.prices import Prices; from domain.model_calls import Usage; "
        "Prices()('offline', Usage(input_tokens=1)); sys.exit('genai_prices' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0
