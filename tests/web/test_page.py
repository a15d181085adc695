"""The chat page in a real browser, against the real server without any key."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from evals.processes import free_port, spawn, wait_until_ready
from tests.providers.dictated import Dictation, dictated

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
WIDE, NARROW = (1280, 800), (390, 800)

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
]
expect.set_options(timeout=15_000)


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


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without any key."""
    server = Server(tmp_path_factory.mktemp("home"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def provider() -> Iterator[Dictation]:
    """What the slow server asks."""
    with dictated() as dictation:
        yield dictation


@pytest.fixture
def model(provider: Dictation) -> Dictation:
    """A model that says what the test dictates."""
    provider.forgets()
    return provider


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory, provider: Dictation) -> Iterator[Server]:
    """A server with that model, which does not wait long when it stops."""
    quick = {"METACORTEX_GRACE_SECONDS": "0.2", "METACORTEX_LEASE_SECONDS": "2"}
    server = Server(tmp_path_factory.mktemp("home"), **provider.settings, **quick)
    server.start()
    yield server
    server.stop()


async def test_a_task_is_created_by_typing_and_shows_in_the_sidebar(url: str) -> None:
    async with opened(url) as page:
        await say(page, "remind me to call the dentist tomorrow at 3pm")
        await expect(sidebar(page, "dentist")).to_contain_text("15:00")
        await expect(page.locator("[data-tool=add_tasks][data-state=done]")).to_be_visible()
        await expect(page.locator(".assistant .words").last).to_contain_text("dentist")


PRICED = {"METACORTEX_PRICES": '{"openai:m": {"input": 1, "output": 1}}', "METACORTEX_BUDGETS": "user/turns/day=0"}


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"METACORTEX_FALLBACKS": "offline"}, "The provider of openai:m cannot be reached."),
        (PRICED, "Your budget for conversations today ($0) is less than one answer may cost"),
    ],
    ids=["fallback", "budget"],
)
async def test_who_answers_instead_and_why_stands_above_the_answer(
    tmp_path: Path, variables: dict[str, str], reason: str
) -> None:
    nobody = {"METACORTEX_MODEL": "openai:m", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
    server = Server(tmp_path, **nobody, **variables)
    server.start()
    try:
        async with opened(server.url) as page:
            await say(page, "add task water the ferns")
            await expect(page.locator(".assistant .words").last).to_contain_text("ferns")
            await expect(page.locator(".notice")).to_have_count(1)
            await expect(page.locator(".notice")).to_contain_text(reason)
            await expect(page.locator(".notice")).to_contain_text("The built-in assistant answers instead")
            await expect(page.locator(".notice ~ .assistant .words").last).to_contain_text("ferns")
            await expect(page.locator(".error")).to_have_count(0)
    finally:
        server.stop()


async def test_undo_on_the_card_takes_the_task_away(url: str) -> None:
    async with opened(url) as page:
        await say(page, "remind me to water the ferns tomorrow")
        await expect(sidebar(page, "ferns")).to_be_visible()
        await page.get_by_role("button", name="Undo").click()
        await expect(sidebar(page, "ferns")).to_have_count(0)
        await expect(page.locator(".tool[data-state=undone]")).to_be_visible()


async def test_what_was_read_wrongly_is_taken_back_by_its_chip(url: str) -> None:
    async with opened(url) as page:
        await say(page, "rent the film on friday for the party #cinema")
        await expect(page.locator(".read")).to_have_text(["due on friday×", "tag cinema×"])
        await page.get_by_role("button", name="Take back: due on friday").click()
        await expect(page.locator(".read")).to_have_text(["tag cinema×"])
        await expect(sidebar(page, "film on friday for the party")).to_be_visible()


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


async def test_a_reply_goes_on_after_a_reload(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "hello")
        model.says("Half ")
        await expect(reply(page)).to_have_text("Half")
        await page.reload()
        await expect(reply(page)).to_have_text("Half")
        await expect(page.locator("#stop")).to_be_visible()
        model.says("and half.")
        model.ends()
        await expect(reply(page)).to_have_text("Half and half.")
        await expect(page.locator("#stop")).to_be_hidden()
        await expect(page.locator(".user")).to_have_count(1)


async def test_a_reply_goes_on_when_another_conversation_is_looked_at(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "tell me of the sea")
        model.says("It is ")
        await expect(reply(page)).to_have_text("It is")
        await page.locator("#new-conversation").click()
        await expect(page.locator("#stop")).to_be_hidden()
        model.says("wide.")
        model.ends()
        await page.locator(".thread").first.click()
        await expect(reply(page)).to_have_text("It is wide.")


async def test_a_cut_line_loses_and_doubles_nothing(slow: Server, model: Dictation) -> None:
    line = Line(slow.port)
    async with line.laid() as url, opened(url, forgives="ERR_") as page:
        await say(page, "hello")
        model.says("One ")
        await expect(reply(page)).to_have_text("One")
        line.dies()
        model.says("two ")
        await expect(page.locator("#log")).to_contain_text("The connection was lost. Trying again…")
        line.revives()
        await expect(reply(page)).to_have_text("One two")
        await expect(page.locator("#log")).not_to_contain_text("Trying again")
        model.says("three.")
        model.ends()
        await expect(reply(page)).to_have_text("One two three.")


async def test_a_message_is_sent_once_though_the_line_is_dead_at_first(slow: Server, model: Dictation) -> None:
    line = Line(slow.port)
    async with line.laid() as url, opened(url, forgives="ERR_") as page:
        line.dies()
        await say(page, "is anybody there?")
        await expect(page.locator("#log")).to_contain_text("Trying again…")
        line.revives()
        model.says("Yes.")
        model.ends()
        await expect(reply(page)).to_have_text("Yes.")
        await page.reload()
        await expect(reply(page)).to_have_text("Yes.")
        await expect(page.locator(".user")).to_have_count(1)


async def test_a_restart_of_the_server_takes_words_back_and_says_it_anew(slow: Server, model: Dictation) -> None:
    async with opened(slow.url, forgives="Failed to load resource") as page:
        await say(page, "hello")
        model.says("Lost ")
        await expect(reply(page)).to_have_text("Lost")
        await asyncio.to_thread(slow.stop)
        await expect(page.locator(".notice")).to_be_visible()
        await expect(page.locator("#stop")).to_be_visible()
        await asyncio.to_thread(slow.start)
        await expect(page.locator("#log")).not_to_contain_text("Lost")
        model.says("Found.")
        model.ends()
        await expect(reply(page)).to_have_text("Found.")
        await expect(page.locator(".notice")).to_have_count(0)
        await page.reload()
        await expect(reply(page)).to_have_text("Found.")


async def test_what_the_model_thinks_is_folded_above_its_answer(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "hello")
        model.thinks("Hm, ", "well.")
        thoughts = page.locator(".thoughts")
        await expect(thoughts.locator("summary")).to_have_text("Thinking…")
        await expect(thoughts.locator("p")).to_be_hidden()
        model.says("Yes.")
        model.ends()
        await expect(reply(page)).to_have_text("Yes.")
        await thoughts.locator("summary").click()
        await expect(thoughts.locator("summary")).to_have_text("Thoughts")
        await expect(thoughts.locator("p")).to_have_text("Hm, well.")


async def test_stop_ends_the_reply_and_keeps_what_was_said(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "hello")
        model.says("Half ")
        await expect(reply(page)).to_have_text("Half")
        await page.get_by_role("button", name="Stop").click()
        await expect(page.locator(".notice")).to_have_text("Stopped.")
        await say(page, "go on")
        await asked_by(model, "go on")
        model.says("Gladly.")
        model.ends()
        await expect(reply(page).last).to_have_text("Gladly.")
        await expect(reply(page).first).to_have_text("Half")


async def test_stop_ends_a_reply_that_was_joined_after_a_reload(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "hello")
        model.says("Half ")
        await expect(reply(page)).to_have_text("Half")
        await page.reload()
        await expect(reply(page)).to_have_text("Half")
        await page.get_by_role("button", name="Stop").click()
        await expect(page.locator(".notice")).to_have_text("Stopped.")
        await expect(page.locator("#stop")).to_be_hidden()


async def test_stop_says_so_where_the_server_cannot_be_told(slow: Server, model: Dictation) -> None:
    line = Line(slow.port)
    async with line.laid() as url, opened(url, forgives="ERR_") as page:
        await say(page, "hello")
        model.says("Half ")
        await expect(reply(page)).to_have_text("Half")
        line.dies()
        await page.get_by_role("button", name="Stop").click()
        await expect(page.locator("#log")).to_contain_text("the reply may still go on")
        line.revives()
        model.says("and half.")
        model.ends()
        await page.get_by_role("button", name="Look again").click()
        await expect(reply(page)).to_have_text("Half and half.")


async def test_an_edited_message_takes_the_place_of_what_followed(url: str) -> None:
    async with opened(url) as page:
        await say(page, "add a task: weed the roses")
        await expect(sidebar(page, "roses")).to_be_visible()
        await say(page, "hello")
        await expect(reply(page)).to_have_count(2)
        words = page.get_by_label("Your message")
        await words.fill("half a thought")
        await page.get_by_role("button", name="Edit: add a task").focus()
        await page.keyboard.press("Enter")
        await expect(words).to_have_value("add a task: weed the roses")
        await expect(words).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(words).to_have_value("half a thought")
        await page.get_by_role("button", name="Edit: add a task").click()
        await words.fill("add a task: weed the tulips")
        await words.press("Enter")
        await expect(page.locator(".user")).to_have_text(["add a task: weed the tulips"])
        await expect(sidebar(page, "tulips")).to_be_visible()
        await expect(page.locator("#editing")).to_be_hidden()
        await page.reload()
        await expect(page.locator(".user")).to_have_text(["add a task: weed the tulips"])
        await expect(reply(page)).to_have_count(1)


async def test_other_words_replace_the_last_answer(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "greet me")
        model.says("Hello.")
        model.ends()
        await page.get_by_role("button", name="Other words").click()
        await expect(page.get_by_role("button", name="Other words")).to_have_count(0)
        model.says("Good day.")
        model.ends()
        await expect(reply(page)).to_have_text(["Good day."])
        await expect(page.locator(".user")).to_have_count(1)
        await page.reload()
        await expect(reply(page)).to_have_text(["Good day."])
        await expect(page.get_by_role("button", name="Other words")).to_be_visible()


async def test_a_failed_turn_is_tried_again_without_saying_it_twice(slow: Server, model: Dictation) -> None:
    async with opened(slow.url) as page:
        await say(page, "try this")
        model.refuses()
        await page.get_by_role("button", name="Try again").wait_for()
        await page.reload()
        await page.get_by_role("button", name="Try again").click()
        model.says("It worked.")
        model.ends()
        await expect(reply(page)).to_have_text(["It worked."])
        await page.reload()
        await expect(reply(page)).to_have_text(["It worked."])
        await expect(page.locator(".user")).to_have_count(1)
        await expect(page.locator(".error")).to_have_count(0)


async def test_a_busy_conversation_says_so_and_can_be_freed(slow: Server, model: Dictation) -> None:
    async with opened(slow.url, forgives="409") as page, httpx2.AsyncClient(base_url=slow.url, timeout=30) as http:
        await say(page, "hello")
        model.says("Hello.")
        model.ends()
        await page.get_by_role("button", name="Other words").wait_for()
        thread = await page.evaluate("JSON.parse(localStorage.getItem('metacortex.thread'))")
        elsewhere = {"id": "elsewhere", "role": "user", "content": "from my phone"}
        body = {"threadId": thread, "runId": "phone", "protocolVersion": "1.0", "messages": [elsewhere]}
        async with http.stream("POST", "/agui", json=body) as answer:
            reading = asyncio.create_task(answer.aread())
            await asked_by(model, "from my phone")
            await say(page, "from my desk")
            await expect(page.locator(".error")).to_contain_text("Another reply is still being written")
            await page.get_by_role("button", name="Stop it").click()
            assert b'"cancelled"' in await reading
            await asked_by(model, "from my desk")
            model.says("To the desk.")
            model.ends()
            await expect(reply(page).last).to_have_text("To the desk.")


async def test_conversations_are_found_renamed_and_deleted(url: str) -> None:
    async with opened(url) as page:
        for words in ("note: the kayak is in the shed", "note: the canoe is in the barn"):
            await page.locator("#new-conversation").click()
            await say(page, words)
            await expect(page.locator("[data-tool=write_note][data-state=done]")).to_be_visible()
        threads = page.locator("#threads .thread")
        await page.get_by_label("Find a conversation").fill("kayak shed")
        await expect(threads).to_have_count(1)

        await threads.hover()
        await page.get_by_role("button", name="Rename: ").click()
        await page.get_by_label("Another title").fill("Boats")
        await page.keyboard.press("Enter")
        await expect(threads).to_have_text(["Boats"])

        await page.get_by_label("Find a conversation").fill("canoe")
        await expect(threads).to_have_count(1)
        await expect(threads).to_have_attribute("aria-current", "true")
        await threads.hover()
        await page.get_by_role("button", name="Delete: ").click()
        await page.keyboard.press("Escape")
        await expect(threads).to_have_count(1)
        await page.get_by_role("button", name="Delete: ").click()
        await page.get_by_role("button", name="Delete", exact=True).click()
        await expect(page.locator("#threads")).to_have_text("Nothing found.")
        await expect(page.locator(".user")).to_have_count(0)
        await page.get_by_label("Find a conversation").fill("")
        await expect(threads.filter(has_text="Boats")).to_have_count(1)


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
