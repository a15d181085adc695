"""The providers' own clients: keys, addresses and connections. Their packages are imported where one is made."""

from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI

CONNECT_SECONDS = 5.0
NO_KEY = "none"
"""A server of one's own often wants no key, but the clients insist on one."""


def openai_client(
    *,
    api_key: str | None,
    base_url: str | None = None,
    silence_seconds: float = 60,
    http_client: httpx2.AsyncClient | None = None,
) -> "AsyncOpenAI":
    """For OpenAI and all who speak like it. It never tries again by itself; `close()` it.

    A connection on which nothing comes for `silence_seconds` is given up.
    """
    import openai

    return openai.AsyncOpenAI(
        api_key=api_key or NO_KEY,
        base_url=base_url,
        max_retries=0,
        timeout=_timeout(silence_seconds),
        http_client=http_client or openai.DefaultAioHttpClient(),
    )


def anthropic_client(
    *,
    api_key: str | None,
    base_url: str | None = None,
    silence_seconds: float = 60,
    http_client: httpx2.AsyncClient | None = None,
) -> "AsyncAnthropic":
    """For Anthropic, as `openai_client`."""
    import anthropic

    return anthropic.AsyncAnthropic(
        api_key=api_key or NO_KEY,
        base_url=base_url,
        max_retries=0,
        timeout=_timeout(silence_seconds),
        http_client=http_client or anthropic.DefaultAioHttpClient(),
    )


def errors_of(client: Any) -> tuple[type[Exception], ...]:
    """What a client raises where a request fails, its transport's own errors included."""
    import aiohttp

    if type(client).__module__.startswith("anthropic"):
        from anthropic import AnthropicError

        return (AnthropicError, aiohttp.ClientError)
    from openai import OpenAIError

    return (OpenAIError, aiohttp.ClientError)


def _timeout(silence_seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(silence_seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
