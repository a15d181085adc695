"""What a call of a model costs in US dollars: by the table of the settings, else by the list in genai-prices."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache

from domain.model_calls import OFFLINE, Usage

MILLION = 1_000_000


class Prices:
    """Prices by the names of the settings (`openai:gpt-5-mini`); nothing is ever fetched.

    `table` holds dollars for a million tokens: `input` and `output`, and `cached` where that is cheaper.
    """

    def __init__(self, table: Mapping[str, Mapping[str, Decimal]] | None = None) -> None:
        self._table = dict(table or {})

    def __call__(self, model: str, usage: Usage, answered_by: str | None = None) -> Decimal | None:
        """What was used, at the price of the model that was asked, or of the one that says it answered.

        None where neither has a price. What took nothing costs nothing.
        """
        if model == OFFLINE or not (usage.input_tokens or usage.output_tokens):
            return Decimal(0)
        provider, _, name = model.partition(":")
        names = (name, answered_by) if answered_by else (name,)
        for each in names:
            if price := self._table.get(f"{provider}:{each}"):
                return _by_table(price, usage)
        costs = (_by_list(provider, each, usage) for each in reversed(names))
        return next((cost for cost in costs if cost is not None), None)

    def most(self, model: str, input_tokens: int, most_tokens: int) -> Decimal | None:
        """The most that a call of these sizes can cost, whether a cache has a part in it or not; None: unknown."""
        read = Usage(input_tokens=input_tokens, output_tokens=most_tokens)
        usages = (read, replace(read, cache_written_tokens=input_tokens), replace(read, cached_tokens=input_tokens))
        costs = [cost for usage in usages if (cost := self(model, usage)) is not None]
        return max(costs, default=None)

    def load(self) -> None:
        """Read the list now; else the first price that is asked for waits for it (about half a second)."""
        _by_list("openai", "gpt-5-mini", Usage(input_tokens=1))


def _by_table(price: Mapping[str, Decimal], usage: Usage) -> Decimal:
    cached = min(usage.cached_tokens, usage.input_tokens)
    fresh = usage.input_tokens - cached
    dollars = fresh * price["input"] + cached * price.get("cached", price["input"])
    return (dollars + usage.output_tokens * price["output"]) / MILLION


@cache
def _is_listed(provider: str, name: str) -> bool:
    """To find that the list has no such model takes the library longer than to find one."""
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    try:
        calc_price(Counted(input_tokens=1), model_ref=name, provider_id=provider)
    except LookupError:
        return False
    return True


def _by_list(provider: str, name: str, usage: Usage) -> Decimal | None:
    if not _is_listed(provider, name):
        return None
    # Most servers call models that nobody has to pay for, and start faster without it.
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    # The library refuses more from the cache than there is; some servers report that.
    cached = min(usage.cached_tokens, usage.input_tokens)
    counted = Counted(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=cached,
        cache_write_tokens=min(usage.cache_written_tokens, usage.input_tokens - cached),
    )
    # It lists models that are not paid by tokens too; those come out at 0.
    return calc_price(counted, model_ref=name, provider_id=provider).total_price or None
