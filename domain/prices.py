"""Prices as they are written down: dollars for a million tokens of a model."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.budgets import is_amount
from domain.errors import Invalid

SETTING = "METACORTEX_PRICES"
FORM = """write it as {"openai:mine": {"input": 0.1, "output": 0.4}}"""
NEEDED = {"input", "output"}
KNOWN = NEEDED | {"cached"}


def prices_of(written: str | Mapping[str, Any]) -> dict[str, dict[str, Decimal]]:
    """The prices of `{"openai:mine": {"input": 0.1, "output": 0.4, "cached": 0.01}}`; raises `Invalid`."""
    prices = _read(written) if isinstance(written, str) else written
    if not isinstance(prices, Mapping) or not all(isinstance(price, Mapping) for price in prices.values()):
        raise Invalid(SETTING, f"names no prices; {FORM}")
    return {model: _price(model, price) for model, price in prices.items()}


def _read(written: str) -> Any:
    try:
        return json.loads(written, parse_float=str, parse_int=str, object_pairs_hook=_once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid(SETTING, f"is no JSON ({error}); {FORM}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Invalid(SETTING, f"{name!r} stands there twice; keep one")
    return dict(pairs)


def _price(model: str, price: Mapping[str, Any]) -> dict[str, Decimal]:
    dollars = {what: _dollars(given, f"{what!r} of {model!r}") for what, given in price.items()}
    if not NEEDED <= dollars.keys() <= KNOWN:
        raise Invalid(SETTING, f"the price of {model!r} needs `input` and `output`, and may have `cached`")
    return dollars


def _dollars(given: Any, what: str) -> Decimal:
    try:
        dollars = Decimal(str(given))
    except InvalidOperation:
        dollars = Decimal("nan")
    if not is_amount(dollars):
        raise Invalid(SETTING, f"{what} is no amount ({given!r:.60}); {FORM}")
    return dollars
