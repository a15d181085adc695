"""When a provider wants to be asked again, from its headers or its words."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 3600.0
IN_WORDS = re.compile(r"(?:try again|retry(?:ing)?) (?:in|after) (?P<length>(?:[\d.]+ ?(?:ms|h|m|s)[a-z]* ?)+)")
LENGTH = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<unit>ms|h|m|s)")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
RESETS = (
    "anthropic-ratelimit-requests",
    "anthropic-ratelimit-tokens",
    "anthropic-ratelimit-input-tokens",
    "anthropic-ratelimit-output-tokens",
)


def retry_after(headers: Mapping[str, str], words: str) -> float | None:
    """Seconds, or None where the provider does not say; what was used up counts, not what is merely counted."""
    known = _milliseconds(headers), _plain(headers), _anthropic(headers), _openai(headers), _worded(words)
    seconds = next((value for value in known if value is not None), None)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_SECONDS)


def _milliseconds(headers: Mapping[str, str]) -> float | None:
    value = _number(headers.get("retry-after-ms"))
    return None if value is None else value / 1000


def _plain(headers: Mapping[str, str]) -> float | None:
    given = headers.get("retry-after")
    seconds = _number(given)
    return seconds if seconds is not None or not given else _until(_http_date(given), headers)


def _anthropic(headers: Mapping[str, str]) -> float | None:
    used_up = [name for name in RESETS if headers.get(f"{name}-remaining") == "0"]
    waits = [_until(_iso_date(headers.get(f"{name}-reset", "")), headers) for name in used_up]
    return max((wait for wait in waits if wait is not None), default=None)


def _openai(headers: Mapping[str, str]) -> float | None:
    kinds = [kind for kind in ("requests", "tokens") if headers.get(f"x-ratelimit-remaining-{kind}") == "0"]
    waits = [_length(headers.get(f"x-ratelimit-reset-{kind}", "")) for kind in kinds]
    return max((wait for wait in waits if wait is not None), default=None)


def _worded(words: str) -> float | None:
    said = IN_WORDS.search(words)
    return _length(said["length"]) if said else None


def _number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"\s*\d+(\.\d+)?\s*", text) else None


def _length(text: str) -> float | None:
    """`6m0s`, `20ms`, `1.5s`."""
    parts = [float(part["number"]) * SECONDS[part["unit"]] for part in LENGTH.finditer(text)]
    return sum(parts) if parts else None


def _until(moment: datetime | None, headers: Mapping[str, str]) -> float | None:
    """Counted by the provider's own clock where it tells it, as ours may differ."""
    if moment is None:
        return None
    now = _http_date(headers.get("date", "")) or datetime.now(UTC)
    return (moment - now).total_seconds()


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso_date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
