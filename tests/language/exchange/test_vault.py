"""Vaults as other people keep them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from domain.imports import File
from domain.notes import Note
from language.exchange import frontmatter, wikilinks
from language.exchange.vault import Scene, file_name, file_names, named, read, write

SAID = "---\ncreated: 2026-03-01\nupdated: 2026-04-01T10:00\n---\n"
TO_COME = "---\ncreated: 2030-01-01\n---\nx"


@pytest.fixture
def note(clock, sorted_out):
    """The note of a file that is all there is in it."""

    def make(text, path="Folder/Some note.md", **fields):
        (found,), problems = sorted_out(read(File(path=path, text=text, **fields), Scene(clock=clock)))
        assert problems == []
        return found

    return make


@pytest.mark.parametrize(
    ("matter", "tags"),
    [
        pytest.param("tags: [a, b/c]", ("a", "b/c"), id="list"),
        pytest.param("tags:\n  - a\n  - '#b'", ("a", "b"), id="lines"),
        pytest.param("tags:\n- a\n- b", ("a", "b"), id="lines-without-indent"),
        pytest.param("tags: a, b c", ("a", "b c"), id="commas"),
        pytest.param("tag: a b", ("a", "b"), id="blanks"),
        pytest.param("Tags: a", ("a",), id="capital"),
        pytest.param("tags:", (), id="nothing"),
        pytest.param("tags: {a: b}", (), id="a-mapping"),
    ],
)
def test_tags_of_front_matter(matter, tags, note):
    assert note(f"---\n{matter}\n---\nwords").tags == tags


def test_tags_in_the_text_are_tags_unless_they_are_code_or_part_of_a_word(note):
    text = "#one a#two `#three` https://x.y/#four #123 # five\n```\n#six\n```\n%% #seven %% (#eight) #nine/ten, #été"

    assert note(text).tags == ("one", "nine/ten", "été")


@pytest.mark.parametrize(
    ("path", "text", "modified", "created", "updated"),
    [
        pytest.param("a.md", SAID, None, "2026-02-28T23:00", "2026-04-01T08:00", id="said"),
        pytest.param("2026-03-01 Day.md", "x", None, "2026-02-28T23:00", "2026-02-28T23:00", id="a-name-that-is-a-day"),
        pytest.param("a.md", "x", datetime(2026, 5, 1, 12), "2026-05-01T10:00", "2026-05-01T10:00", id="of-the-zip"),
        pytest.param("a.md", "---\ndate: someday\n---\nx", None, "2026-11-21T11:00", "2026-11-21T11:00", id="no-day"),
        pytest.param("a.md", TO_COME, None, "2026-11-21T11:00", "2026-11-21T11:00", id="to-come"),
    ],
)  # fmt: skip
def test_when_a_note_was_written(path, text, modified, created, updated, note):
    found = note(text, path=path, modified=modified)

    at = [moment.astimezone(UTC).isoformat()[:16] for moment in (found.created_at, found.updated_at)]
    assert at == [created, updated]


def test_what_front_matter_says_besides_stays_in_the_text(note):
    text = "---\n# mine\naliases: [x]\ntitle: Other\nrating: 5\ntags: [a]\ndate: someday\n---\n\nWords"

    found = note(text)

    assert found.title == "Other"
    assert found.body == "---\n# mine\naliases: [x]\nrating: 5\ndate: someday\n---\nWords"


@pytest.mark.parametrize("text", ["---\nno yaml: [\n---\nx", "---\n- a\n---\nx", "---\na: &a [*a, *a]\n---\nx"])
def test_what_is_no_front_matter_is_text(text, clock, sorted_out):
    (found,), _ = sorted_out(read(File(path="a.md", text=text), Scene(clock=clock)))

    assert "x" in found.body and found.tags == ()


def test_an_empty_file_is_a_note_of_its_name(note):
    assert (note("").title, note("").body) == ("Some note", "")


def test_a_box_is_a_task_with_what_is_indented_under_it(clock, sorted_out):
    text = "- [ ] Plan #trip\n    by train\n    - [x] Tickets ✅ 2026-11-20\n      two\n- [ ] Plan\n\n    not of it"

    (_, plan, tickets, again), _ = sorted_out(read(File(path="Trip.md", text=text), Scene(clock=clock)))

    assert (plan.title, plan.tags, plan.body) == ("Plan", ("trip",), "[[Trip]]\nby train")
    assert (tickets.title, tickets.body, str(tickets.done_at)[:10]) == (
        "Tickets",
        "[[Trip]]\ntwo",
        "2026-11-20",
    )
    assert (again.title, again.body) == ("Plan", "[[Trip]]")
    assert len({plan.id, tickets.id, again.id}) == 3


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        pytest.param("[[rose]]", "[[A rose]]", id="name"),
        pytest.param("[[Rose|she]]", "[[A rose|she]]", id="words"),
        pytest.param("[[flowers/rose#Care]]", "[[A rose#Care]]", id="folder-and-heading"),
        pytest.param("![[rose]]", "![[A rose]]", id="embedded"),
        pytest.param("[[rose.md|A rose]]", "[[A rose]]", id="with-ending"),
        pytest.param("[[tulip]]", "[[tulip]]", id="no-such-file"),
        pytest.param("[[primrose]]", "[[primrose]]", id="another-name"),
    ],
)
def test_links_lead_to_titles(link, expected):
    assert wikilinks.by_title(link, {"garden/flowers/rose": "A rose"}) == expected


def test_a_file_is_named_by_its_path_and_titled_where_it_says_so():
    assert (named(File(path="a/Rose.md", text="---\ntitle: A rose\n---\n"))).title == "A rose"
    assert (named(File(path="a/Rose.md", text="---\ntitle: Rose\n---\n"))).title is None
    assert wikilinks.names_in("[[a/Rose#x|y]] and [[Tulip.md]]") == {"rose", "tulip"}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("a/b: c?", "a b c"),
        ("..", "Untitled"),
        ("CON", "CON_"),
        ("x" * 300, "x" * 100),
        ("a\u2028b", "a b"),
        ("[x]|#^", "x"),
    ],
)
def test_a_title_becomes_a_name_that_every_system_takes(title, name):
    assert file_name(title) == name


def test_no_two_files_have_one_name():
    titles = ["A", "a", "A 2", "A/", ""]
    names = file_names((uuid4(), title) for title in titles)

    assert len({name.lower() for name in names.values()}) == len(titles)


def test_a_note_keeps_its_own_properties_as_properties(noon=datetime(2026, 11, 21, tzinfo=UTC)):
    note = Note(title="T", body="---\nrating: 5\n---\nWords", tags=("a",), created_at=noon, updated_at=noon)

    matter = frontmatter.read(write(note, {}))

    assert (matter.said("rating"), matter.said("title"), matter.body) == ("5", "T", "Words")
