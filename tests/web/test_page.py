"""The chat page in a real browser, against the real server without any key."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
WIDE, NARROW = (1280, 800), (390, 800)
STARTS_WITHIN = 60
OUTSIDE = ("DATABASE_URL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY")

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, on an empty home."""
    home, port = tmp_path_factory.mktemp("home"), _free_port()
    kept = {name: value for name, value in os.environ.items() if name not in OUTSIDE and "METACORTEX" not in name}
    log = (home / "server.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "server.py", "--port", str(port)],
        cwd=ROOT,
        env={**kept, "METACORTEX_HOME": str(home)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", server, home / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


async def test_a_task_is_created_by_typing_and_shows_in_the_sidebar(url: str) -> None:
    async with opened(url) as page:
        await say(page, "remind me to call the dentist tomorrow at 3pm")
        await expect(sidebar(page, "dentist")).to_contain_text("15:00")
        await expect(page.locator("[data-tool=add_tasks][data-state=done]")).to_be_visible()
        await expect(page.locator(".assistant .words").last).to_contain_text("dentist")


async def test_undo_on_the_card_takes_the_task_away(url: str) -> None:
    async with opened(url) as page:
        await say(page, "remind me to water the ferns tomorrow")
        await expect(sidebar(page, "ferns")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(sidebar(page, "ferns")).to_have_count(0)
        await expect(page.locator(".tool[data-state=undone]")).to_be_visible()


async def test_ticking_a_task_completes_it(url: str) -> None:
    async with opened(url) as page:
        await say(page, "remind me to post the parcel tomorrow")
        await sidebar(page, "parcel").get_by_role("checkbox").check()
        await expect(sidebar(page, "parcel")).to_have_count(0)


async def test_ticking_a_habit_keeps_it_for_today(url: str) -> None:
    async with opened(url) as page:
        await say(page, "I want to meditate every day")
        habit = page.locator("#habits li").filter(has_text="editate")
        await habit.get_by_role("checkbox").check()
        await page.reload()
        await expect(habit.get_by_role("checkbox")).to_be_checked()


async def test_a_deletion_asks_and_a_yes_does_it(url: str) -> None:
    async with opened(url) as page:
        await say(page, "add a task: buy oat milk")
        await expect(sidebar(page, "oat milk")).to_be_visible()
        await say(page, "delete the oat milk task")
        await page.get_by_role("button", name="Approve").wait_for()
        await expect(sidebar(page, "oat milk")).to_be_visible()
        await page.get_by_role("button", name="Approve").click()
        await expect(sidebar(page, "oat milk")).to_have_count(0)
        await expect(page.locator(".approval")).to_contain_text("Approved")


async def test_a_question_survives_a_reload_and_a_no_keeps_the_task(url: str) -> None:
    async with opened(url) as page:
        await say(page, "add a task: sharpen the knives")
        await expect(sidebar(page, "knives")).to_be_visible()
        await say(page, "delete the knives task")
        await page.get_by_role("button", name="Deny").wait_for()
        await page.reload()
        await page.get_by_role("button", name="Deny").click()
        await expect(page.locator(".assistant .words").last).to_be_visible()
        await expect(page.locator("#stop")).to_be_hidden()
        await expect(sidebar(page, "knives")).to_be_visible()


async def test_an_answer_from_a_note_shows_its_passage(url: str) -> None:
    async with opened(url) as page:
        await say(page, "note: the landlord agreed to repaint the hallway in April")
        await expect(page.locator("[data-tool=write_note][data-state=done]")).to_be_visible()
        await say(page, "what did the landlord say?")
        chip = page.locator(".chip").first
        await chip.click()
        await expect(page.locator(".passage")).to_contain_text("repaint the hallway")
        await expect(chip).to_have_attribute("aria-expanded", "true")


async def test_a_conversation_is_there_again_after_a_reload(url: str) -> None:
    async with opened(url) as page:
        await say(page, "remind me to renew the passport on Friday")
        await expect(page.locator(".assistant .words").last).to_contain_text("passport")
        await page.reload()
        await expect(page.locator(".user")).to_have_text("remind me to renew the passport on Friday")
        await expect(page.locator("[data-tool=add_tasks][data-state=done]")).to_be_visible()
        await page.locator("#new-conversation").click()
        await expect(page.locator(".examples button")).to_have_count(4)
        await expect(page.locator(".user")).to_have_count(0)
        await page.locator(".thread").filter(has_text="passport").first.click()
        await expect(page.locator(".user")).to_contain_text("passport")


async def test_what_is_typed_never_becomes_markup(url: str) -> None:
    async with opened(url) as page:
        await say(page, "add a task: <img src=x onerror=document.title='taken'> tidy")
        await expect(page.locator(".assistant .words").last).to_be_visible()
        assert await page.locator("#log img, #tasks img").count() == 0
        assert await page.title() == "MetaCortex"


async def test_shift_enter_starts_a_new_line(url: str) -> None:
    async with opened(url) as page:
        words = page.get_by_label("Your message")
        await words.fill("first")
        await words.press("Shift+Enter")
        await words.press_sequentially("second")
        await expect(words).to_have_value("first\nsecond")
        await expect(page.locator(".user")).to_have_count(0)


async def test_the_persons_zone_is_learned_on_the_first_visit(url: str) -> None:
    async with opened(url) as page:
        await expect(page.locator("#tasks")).not_to_be_empty()
        me = await page.evaluate("fetch('/me').then((response) => response.json())")
        assert me["zone"] == "Europe/Berlin"


async def test_a_narrow_page_keeps_the_sidebar_in_a_drawer(url: str) -> None:
    async with opened(url, size=NARROW) as page:
        await expect(page.locator("#sidebar")).to_be_hidden()
        await page.locator("#open-drawer").click()
        await expect(page.get_by_role("heading", name="Tasks")).to_be_in_viewport()
        await page.keyboard.press("Escape")
        await expect(page.locator("#sidebar")).to_be_hidden()
        await expect(page.locator("#open-drawer")).to_be_focused()
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0


@asynccontextmanager
async def opened(url: str, *, size: tuple[int, int] = WIDE) -> AsyncIterator[Page]:
    """The page in a fresh browser; at the end nothing may have gone wrong in it, or left for elsewhere."""
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
    assert troubles == []


async def say(page: Page, text: str) -> None:
    words = page.get_by_label("Your message")
    await expect(page.locator("#stop")).to_be_hidden()
    await words.fill(text)
    await words.press("Enter")
    await expect(page.locator(".user").last).to_have_text(text)


def sidebar(page: Page, text: str) -> Locator:
    return page.locator("#tasks li").filter(has_text=text)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{url}/health/ready", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text()}")
