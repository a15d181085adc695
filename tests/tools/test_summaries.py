"""Summaries of notes by the person's words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.actions import Call
from language.digests import Digest, Place, Point
from tools.registry import TOOLS

OFFSITE = """We met in Bonn on Monday. The weather was mild that day.
We decided to move the launch to May.
Anna will send the contract to legal by Friday. I need to call the printer tomorrow.
What does the catering cost?
"""


class Summarizer:
    """Says what it is told to, and counts how often it is asked."""

    name = "scripted 1"

    def __init__(self, *points: Point) -> None:
        self.made = Digest(points=points, actions=()) if points else None
        self.asked = 0

    async def digest(self, texts, *, length, about):
        self.asked += 1
        return self.made


@pytest.fixture
def summarize(context):
    """Sums up in another context than that of `do`."""

    async def invoke(*, summarizer=None, now=None, **arguments):
        call = Call(
            thread_id="t", message_id="m", tool_call_id="c", run_id=None, tool="summarize_notes", arguments=arguments
        )
        other = replace(context, summarizer=summarizer, now=now or context.now)
        return await TOOLS["summarize_notes"].invoke(other, call)

    return invoke


async def test_a_summary_has_its_parts(do):
    await do("write_note", title="Offsite", body=OFFSITE)

    result = await do("summarize_notes", note="offsite")

    assert result["summary"].splitlines() == [
        'Summary of "Offsite": We met in Bonn on Monday. The weather was mild that day.',
        "Decisions:",
        "- We decided to move the launch to May.",
        "Action items:",
        "- Anna: Send the contract to legal (due Fri 27 Nov)",
        "- Call the printer (due tomorrow, Sun 22 Nov)",
        "Open questions:",
        "- What does the catering cost?",
        "The 2 action items can become tasks; just say so.",
    ]


async def test_a_summary_is_of_the_notes_own_sentences_and_cites_them(do):
    await do(
        "write_note",
        title="Offsite",
        body="We met in Bonn. We decided to move the launch to May. The weather was mild. Anna leads the launch team.",
    )
    await do("write_note", title="Garden", body="The roses need cutting.")

    about = await do("summarize_notes", about="launch")
    one = await do("summarize_notes", note="garden")

    assert "We decided to move the launch to May." in about["summary"]
    assert [passage["title"] for passage in about["passages"]] == ["Offsite"]
    assert one["summary"] == 'Summary of "Garden": The roses need cutting.'
    assert "no notes" in (await do("summarize_notes", tag="nothing"))["summary"]


async def test_its_action_items_become_tasks_in_one_step(do, tasks):
    await do("write_note", title="Offsite", body=OFFSITE)

    result = await do("summarize_notes", note="offsite")
    await do("add_tasks", tasks=result["tasks"])

    added = {task.title: str(task.due) for task in await tasks.candidates()}
    assert added == {"Send the contract to legal (Anna)": "2026-11-27", "Call the printer": "2026-11-22"}


async def test_the_words_for_a_date_are_those_of_the_day_a_note_was_written(do, summarize, context):
    await do("write_note", title="Offsite", body=OFFSITE)

    later = await summarize(note="offsite", now=context.now + timedelta(days=30))

    assert "due Fri 27 Nov" in later["summary"]


async def test_what_is_cited_stands_in_the_note(do, notes):
    await do("write_note", title="Offsite", body=OFFSITE)
    await do("write_note", title="Garden", body="The roses need cutting before the launch.")

    result = await do("summarize_notes", about="launch")

    bodies = {str(note.id): note.body for note in (await notes.list()).items}
    for point in result["points"]:
        cited = [result["passages"][at] for at in point["passages"]]
        quoted = " ".join(bodies[each["id"]][start:end] for each in cited for start, end in each["spans"])
        assert point["text"].split()[-1].strip(".?)") in quoted or point["kind"] == "action"
    assert {passage["title"] for passage in result["passages"]} == {"Offsite", "Garden"}


async def test_notes_of_a_time_or_a_tag_are_summed_up(do, summarize, context):
    await do("write_note", title="Old", body="The old boiler hums.", tags=["home"])
    now = context.now + timedelta(days=9)
    call = Call(
        thread_id="t", message_id="m", tool_call_id="d", run_id=None, tool="write_note",
        arguments={"title": "New", "body": "The new boiler is quiet.", "tags": ["home", "heating"]},
    )  # fmt: skip
    await TOOLS["write_note"].invoke(replace(context, now=now), call)

    assert "quiet" not in (await summarize(now=now, written="last week"))["summary"]
    assert "hums" not in (await summarize(now=now, tag="heating"))["summary"]
    assert (await summarize(now=now, tag="home"))["summary"].startswith("Summary of 2 notes tagged #home:")
    assert "quiet" not in (await summarize(now=now, about="boiler", written="last week"))["summary"]
    assert "no notes about" in (await summarize(now=now, about="boiler", tag="work"))["summary"]


async def test_where_no_note_names_the_subject_the_latest_are_shown_and_that_is_said(do):
    await do("write_note", title="Landlord", body="The landlord repaints the hallway in April.")

    result = await do("summarize_notes", about="sailing")

    assert result["summary"].startswith('No note names "sailing". Of the latest: The landlord repaints')


async def test_the_length_asked_for_is_kept(do):
    await do("write_note", title="Offsite", body=OFFSITE)

    short = await do("summarize_notes", note="offsite", length="one sentence")
    refused = await do("summarize_notes", note="offsite", length="purple")

    assert len(short["points"]) == 1
    assert "length" in refused["summary"]


async def test_a_summary_is_made_once_until_a_note_changes(do, summarize):
    await do("write_note", title="Offsite", body=OFFSITE)
    model = Summarizer(Point(kind="point", text="A launch in May.", places=(Place(source=0, start=0, end=25),)))

    first = await summarize(summarizer=model, note="offsite")
    again = await summarize(summarizer=model, note="offsite")
    await do("update_note", note="offsite", append="It rained.")
    await summarize(summarizer=model, note="offsite")

    assert first["summary"] == again["summary"]
    assert first["summary"].startswith('Summary of "Offsite": A launch in May.')
    assert model.asked == 2


async def test_where_the_model_says_nothing_the_notes_own_sentences_serve_and_it_is_asked_again(do, summarize):
    await do("write_note", title="Offsite", body=OFFSITE)
    silent = Summarizer()

    result = await summarize(summarizer=silent, note="offsite")
    await summarize(summarizer=silent, note="offsite")

    assert "We decided to move the launch to May." in result["summary"]
    assert silent.asked == 2


async def test_an_untagged_note_is_offered_the_tags_of_its_neighbours(do):
    for number in range(3):
        await do("write_note", title=f"Boiler {number}", body="The boiler needs water pressure.", tags=["home"])
    await do("write_note", body="The boiler lost its water pressure again, and the plumber comes on Monday to look.")

    result = await do("summarize_notes", note="plumber note")

    assert result["suggested"]["tags"] == ["home"]
    assert result["suggested"]["title"].startswith("The boiler lost its water pressure")
    assert result["summary"].endswith("It has no tags; #home would fit.")


async def test_a_tagged_note_is_offered_nothing(do):
    await do("write_note", title="Boiler", body="The boiler hums.", tags=["home"])

    assert "suggested" not in await do("summarize_notes", note="boiler")
