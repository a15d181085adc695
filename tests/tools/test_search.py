"""Looking for what was written: by what the query says, within what it states, and what is recalled for a turn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.search import Within
from tools.search import compared, look, recalled


@pytest.fixture
async def roof(do, context):
    """A note about the roof, written today."""
    written = await do(
        "write_note", body="# House\n\nThe gutter leaks.\n\nThe roof needs eleven new tiles.", tags=["house"]
    )
    return written["items"][0]["id"]


async def test_the_tool_says_that_only_words_were_compared(do, roof):
    result = await do("search", query="roof tiles")

    assert [item["id"] for item in result["items"]] == [roof]
    assert "Only words were compared" in result["summary"]
    assert result["passages"][0]["words"] > 0


async def test_what_stands_around_a_passage_comes_along_when_asked_for(do):
    await do(
        "write_note", body="\n\n".join(f"# {day}\n\n" + f"Of {day} much. " * 40 for day in ("Rome", "Bari", "Lecce"))
    )

    alone = await do("search", query="Bari")
    around = await do("search", query="Bari", neighbours=1)

    assert ("Of Rome" in alone["summary"], "Of Lecce" in alone["summary"]) == (False, False)
    assert ("Of Rome" in around["summary"], "Of Lecce" in around["summary"]) == (True, True)
    assert around["passages"] == alone["passages"]


async def test_a_passage_says_where_it_stands(do, roof, notes):
    (passage,) = (await do("search", query="roof tiles"))["passages"]

    (note,) = (await notes.list()).items
    assert note.body[passage["start"] :].startswith(passage["passage"])


async def test_dates_of_the_query_limit_and_are_said(context, roof):
    found = await look(context, "what did I write today about the roof", limit=5)

    assert [str(hit.id) for hit in found.hits] == [roof]
    assert found.dates == "Only what is dated “today” was looked through."


async def test_where_nothing_is_of_those_dates_all_is_looked_through(context, roof):
    later = replace(context, now=context.now + timedelta(days=60))

    found = await look(later, "what did I write last week about the roof", limit=5)

    assert [str(hit.id) for hit in found.hits] == [roof]
    assert found.dates is not None and "all dates" in found.dates


@pytest.mark.parametrize(("within", "count"), [(Within(tags=("house",)), 1), (Within(tags=("garden",)), 0)])
async def test_limits_given_apart_hold(context, roof, within, count):
    assert len((await look(context, "roof", within=within, limit=5)).hits) == count


async def test_a_turn_recalls_what_was_written_whatever_tag_it_names(context, roof):
    assert [
        each["id"] for each in await recalled(context, "how many tiles for the roof #nosuchtag", None, limit=6)
    ] == [roof]


class Letters:
    """An embedder that remembers what it was asked; a text is as many of a as it has."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def aembed_queries(self, texts):
        self.asked.append(texts)
        return [[text.count("a") + 1.0, 1.0] for text in texts]

    def named(self, name):
        return self if name == self.name else None


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("what did Ottilie say about tiles", ["what did Ottilie say about tiles", "what did say about tiles"]),
        ("what was said about tiles", ["what was said about tiles"]),
    ],
)
async def test_a_query_with_a_name_is_compared_without_it_too_by_one_request(context, roof, query, asked):
    letters = Letters()

    await compared(replace(context, embeddings=letters), query, within=Within(), limit=3)

    assert letters.asked == [asked]


async def test_vectors_that_are_known_are_not_made_again(context, roof):
    letters = Letters()

    await compared(
        replace(context, embeddings=letters), "tiles for Ottilie", [[1.0, 1.0]] * 2, within=Within(), limit=3
    )

    assert letters.asked == []
