"""What went wrong at a provider, told once by kind, for all wires and SDKs; no address, key or body goes further."""

import logging
import re
import ssl
from collections.abc import Mapping
from typing import Any

import anyio
import httpx2

from agent.models.retry_after import retry_after
from domain.model_calls import FailureKind, ModelFailure, Usage

logger = logging.getLogger("metacortex.models")

TROUBLES = (httpx2.RequestError, httpx2.StreamError, ssl.SSLError, OSError, anyio.EndOfStream)
"""What the network raises below the SDKs; their own errors come in addition."""

SENTENCES: dict[FailureKind, str] = {
    "authentication": "{model} was refused by its provider: check the key, and what it may use.",
    "quota": "The account at the provider of {model} has no credit left.",
    "rate_limit": "The provider of {model} is asked too often at the moment.",
    "overload": "The provider of {model} is overloaded or out of order.",
    "first_token_timeout": "{model} did not begin to answer in time.",
    "stalled": "{model} stopped in the middle of its answer.",
    "context_too_long": "This is more than {model} can read at once.",
    "refused": "The provider of {model} refused to answer this.",
    "malformed": "{model} sent something that cannot be read.",
    "cut": "The connection to {model} broke in the middle of its answer.",
    "unreachable": "The provider of {model} cannot be reached.",
    "bad_request": "The provider of {model} does not understand what it was sent: check the model's name.",
}

QUOTA = re.compile(
    r"insufficient[_ ](?:quota|credit|balance|fund)|credit balance|billing_(?:hard_limit|not_active|error)"
    r"|(?:out of|no more|not enough) credits?|exceeded your (?:current )?(?:monthly )?(?:quota|budget|spend)"
)
TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context (?:length|size|window)[\w ]{0,20}exceed"
    r"|exceed[\w ,()]{0,60}context|maximum (?:context|model|input|prompt|sequence)[\w ]{0,12} length"
    r"|(?:max|maximum) (?:number of )?(?:input )?tokens? (?:allowed|limit)"
    r"|(?:prompt|input|request|messages?)(?: \w+){0,3} (?:is|are|was) too (?:long|large)|too large for model"
    r"|request too large|request_too_large|reduce the length"
)
REFUSED = re.compile(
    r"content_(?:filter|policy)|content (?:filter|management policy|policy)|responsibleaipolicy"
    r"|\w_policy\b|policy_violation|invalid_prompt|usage polic|flagged|moderation|safety (?:system|filter|setting)"
)
OVERLOADED = re.compile(
    r"overloaded|server_error|api_error|internal_error|service_unavailable|timeout_error|unavailable"
)
TO_MEND: frozenset[FailureKind] = frozenset({"authentication", "quota", "bad_request"})
"""Whoever runs the server hears of these, with the names that the provider gives to what is wrong."""
BUSY = (408, 409, 425, 499)
"""Statuses below 500 that pass by themselves."""


def failure(kind: FailureKind, model: str, *, wait: float | None = None, usage: Usage | None = None) -> ModelFailure:
    """The failure in one sentence for whoever reads it."""
    return ModelFailure(kind, SENTENCES[kind].format(model=model), retry_after=wait, usage=usage)


def classify(error: Exception, model: str, *, has_head: bool = False, has_begun: bool = False) -> ModelFailure:
    """What an error of an SDK or of the network means.

    `has_head` says that the provider had begun to answer the request, `has_begun` that something of the answer came.
    """
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        response: httpx2.Response | None = getattr(error, "response", None)
        headers = response.headers if response is not None else {}
        return told(getattr(error, "body", None), model, status=status, headers=headers)
    if isinstance(getattr(error, "body", None), Mapping):
        return told(getattr(error, "body", None), model)
    return failure(_of_network(error, has_head=has_head, has_begun=has_begun), model)


def told(
    body: object, model: str, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ModelFailure:
    """What a provider's own words about an error mean, from an answer of that status or from within a stream."""
    words = _words(body)
    kind = _kind(status if status is not None else _status(body), words)
    if kind in TO_MEND:
        logger.warning("%s: %s (%s)", model, kind, " ".join(_names(status, body)))
    wait = retry_after(headers or {}, words) if kind in ("rate_limit", "overload") else None
    return failure(kind, model, wait=wait)


def _kind(status: int | None, words: str) -> FailureKind:
    if status == 402 or (status != 200 and QUOTA.search(words) and "rate limit" not in words):
        return "quota"
    if status in (400, 403, 413, 422, 429, 500, None) and TOO_LONG.search(words):
        return "context_too_long"
    if status in (400, 403, 422, None) and REFUSED.search(words):
        return "refused"
    if status in (401, 403) or (status is None and re.search("authentication|permission|api[_ ]key", words)):
        return "authentication"
    if status == 429 or (status is None and re.search(r"rate[_ ]limit|too many requests", words)):
        return "rate_limit"
    if status is None:
        return "overload" if OVERLOADED.search(words) or not words else _stated(words)
    return "overload" if status >= 500 or status in BUSY else "context_too_long" if status == 413 else "bad_request"


def _stated(words: str) -> FailureKind:
    """An error without a status: what the request did wrong says so, all else passes."""
    return "bad_request" if re.search(r"invalid|not[_ ]found|unsupported|unknown|bad[_ ]request", words) else "overload"


def _status(body: object) -> int | None:
    """Gateways put the status of the provider behind them into the body."""
    for name in ("status", "status_code", "code"):
        value = body.get(name) if isinstance(body, Mapping) else None
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return None


def _names(status: int | None, body: object) -> list[str]:
    """What can be logged: codes and the names of parameters, never a sentence, which may repeat what was sent."""
    given = [body.get(name) for name in ("code", "type", "param")] if isinstance(body, Mapping) else []
    nested = body.get("error") if isinstance(body, Mapping) else None
    known = [str(status)] if status else []
    named = [name for name in given if isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_.]{0,63}", name)]
    return [*known, *named, *(_names(None, nested) if nested else [])]


def _words(body: object) -> str:
    """All that a body says about the error, in small letters."""
    return " ".join(_texts(body, 4)).lower()[:4_000]


def _texts(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth and isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts(item, depth - 1)]
    if depth and isinstance(value, list):
        return [text for item in value for text in _texts(item, depth - 1)]
    return []


def _of_network(error: BaseException, *, has_head: bool, has_begun: bool) -> FailureKind:
    # Of a connection that broke, the aiohttp transport says that it could not be made in time.
    if any(isinstance(one, httpx2.ReadTimeout) for one in (error, error.__cause__)):
        return "stalled" if has_begun else "first_token_timeout"
    return "cut" if has_head else "unreachable"
