"""The chat page in a real browser, the servers it is from, and the line between them."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from evals.processes import free_port, spawn, wait_until_ready
from tests.providers.dictated import Dictation

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
WIDE, NARROW = (1280, 800), (390, 800)
expect.set_options(timeout=15_000)
IN_A_BROWSER = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]


class Server:
    """A server of its own on an empty home; it comes back on the same port."""

    def __init__(self, home: Path, **variables: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = home / "server.log"
        self._environment = {"METACORTEX_HOME": str(home), **variables}

    def start(self) -> None:
        command = [sys.executable, "server.py", "--port", str(self.port)]
        self._process = spawn(command, environment=self._environment, log=self._log)
        wait_until_ready(self._process, f"{self.url}/health/ready", self._log)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)


class Line:
    """What stands between the browser and the server: it can be cut, and then be dead for a while."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_dead = False

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()
        self._cut()

    def dies(self) -> None:
        self._is_dead = True
        self._cut()

    def revives(self) -> None:
        self._is_dead = False

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_dead:
            return writer.transport.abort()
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, up_writer}
        with suppress(OSError):
            await asyncio.gather(_pass_on(reader, up_writer), _pass_on(up_reader, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def opened(url: str, *, size: tuple[int, int] = WIDE, forgives: str | None = None) -> AsyncIterator[Page]:
    """The page in a fresh browser; only what is forgiven may have gone wrong in it, or left for elsewhere."""
    troubles: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        viewport = {"width": size[0], "height": size[1]}
        page = await browser.new_page(viewport=viewport, timezone_id="Europe/Berlin")  # type: ignore[arg-type]
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(url) else troubles.append(sent.url))
        await page.goto(url)
        yield page
        await browser.close()
    assert [trouble for trouble in troubles if forgives is None or forgives not in trouble] == []


async def say(page: Page, text: str) -> None:
    words = page.get_by_label("Your message")
    await expect(page.locator("#stop")).to_be_hidden()
    await words.fill(text)
    await words.press("Enter")
    await expect(page.locator(".user").last).to_have_text(text)


async def asked_by(model: Dictation, words: str) -> None:
    """Until the model answers that and nothing else; the test's timeout is the limit."""
    while model.open != 1 or words not in str(model.asked[-1]["messages"][-1]):
        await asyncio.sleep(0.02)


def reply(page: Page) -> Locator:
    return page.locator(".assistant .words")


def sidebar(page: Page, text: str) -> Locator:
    return page.locator("#tasks li").filter(has_text=text)
