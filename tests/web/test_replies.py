"""A reply on the chat page, piece by piece: it outlasts reloads, cuts and restarts, and can be stopped and redone."""

import asyncio

import httpx2
from playwright.async_api import expect

from tests.providers.dictated import Dictation
from tests.web.browser import IN_A_BROWSER, Line, Server, asked_by, opened, reply, say

pytestmark = IN_A_BROWSER


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
