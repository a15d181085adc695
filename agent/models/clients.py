"""The providers' own clients: keys, addresses and connections. Their packages are imported where one is made."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx2

from agent.models.failures import TROUBLES

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from openai import AsyncOpenAI

CONNECT_SECONDS = 5.0
NO_KEY = "none"
"""A server of one's own often wants no key, but the clients insist on one."""
HEADERS = {"Content-Type": "application/json", "X-Stainless-Raw-Response": "stream"}


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


class Endpoint:
    """One path of a client. `errors` is what goes wrong there.

    What the SDK makes of the first request, every later one is too, but for its body: to make it costs more than to
    send it. Keys and addresses are fixed when a client is made.
    """

    def __init__(self, client: Any, path: str) -> None:
        self.errors: tuple[type[Exception], ...] = (*errors_of(client), *TROUBLES)
        self._client = client
        self._path = path
        self._made: httpx2.Request | None = None

    async def send(self, body: bytes) -> httpx2.Response:
        """The answer's head, its body still to be read; raises `errors`."""
        if self._made is None:
            head: httpx2.Response = await self._client.post(
                self._path, cast_to=httpx2.Response, content=body, options={"headers": HEADERS}
            )
            self._made = _without_body(head.history[0].request if head.history else head.request)
            return head
        made = self._made
        request = httpx2.Request(
            made.method, made.url, headers=made.headers, content=body, extensions=dict(made.extensions)
        )
        head = await self._client._client.send(request, stream=True)
        if not head.is_success:
            await head.aread()
            raise self._client._make_status_error_from_response(head)
        return head


def socket_of(head: httpx2.Response) -> asyncio.ReadTransport | None:
    """What the rest of the body comes on, where that may pause.

    Nothing public leads there from an SDK's response over aiohttp. On a pause of an encrypted connection uvloop throws
    away what has come and is not deciphered yet, where the provider hangs up meanwhile: the end of an answer.
    """
    answer = getattr(getattr(head.stream, "_stream", None), "_aiohttp_response", None)
    # A body that is here to its end has given its connection to the next request.
    transport: asyncio.ReadTransport | None = getattr(getattr(answer, "connection", None), "transport", None)
    return transport if transport is not None and transport.get_extra_info("sslcontext") is None else None


def _without_body(request: httpx2.Request) -> httpx2.Request:
    empty = httpx2.Request(request.method, request.url, headers=request.headers, extensions=request.extensions)
    del empty.headers["Content-Length"]
    return empty


def _timeout(silence_seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(silence_seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
