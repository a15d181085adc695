"""Tasks read from a line of text."""

import re
import time
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.people import Clock
from language.lines.residue import AFTER, HANGING, LEADING_TO, LEADS, OPENINGS, OWN_LIST
from language.quick_add import chips, drafts, said

CLOCK = Clock(now=datetime(2026, 11, 21, 14, 30, tzinfo=ZoneInfo("Europe/Berlin")))
PIECES = (
    *("remind me to", "please", "add a task to", "add", "to my list", "don't forget to", "I need to", "call", "buy"),
    *("milk", "the report", "mom", "with Anna", "at the library", "tomorrow", "on friday", "at 3pm", "every monday"),
    *("by 5 May", "for 30 minutes", "takes 2h", "high priority", "urgent", "!1", "p2", "!!!", "#home", "*work"),
    *("@garden", "+house", "in the garden project", "tagged as x and y", "tags: a, b", "remind me 10 min before"),
    *('"buy may flowers"', "“every day, p1”", "'quoted'", '"', "'", "(", ")", ",", ";", ":", "-", ".", "\n", "- [ ]"),
    *("all by friday", "is", "and", "due", "until 4pm", "starts", "log in", "²", "İ", "\x00", "https://x.org/#a/@b"),
)
TEXT = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join))
QUOTED = re.compile(r"\"[^\"\n]*\"|“[^”\n]*”")
TOGETHER = "put all both everything of them it this that"
POLITE = "please pls plz thanks thank you thx"
# Every word that a title can lack though it was not read as anything.
FRAMING = frozenset(
    re.findall(
        r"[a-z]+(?:['-][a-z]+)*", " ".join((LEADS, OPENINGS, AFTER, HANGING, LEADING_TO, POLITE, OWN_LIST, TOGETHER))
    )
)


def test_everything_that_a_line_says_is_read() -> None:
    text = "remind me to call the dentist tomorrow at 3pm, high priority #health @body for 30 minutes"

    (draft,) = drafts(text, CLOCK)

    assert draft.title == "Call the dentist"
    assert str(draft.due) == "2026-11-22T15:00:00+01:00"
    assert (draft.priority, draft.tags, draft.project, draft.duration_minutes) == (1, ("health",), "body", 30)
    assert [(chip.field, chip.text) for chip in chips(draft, text)] == [
        ("people", "the dentist"),
        ("due", "tomorrow at 3pm"),
        ("priority", "high priority"),
        ("tags", "#health"),
        ("project", "@body"),
        ("duration_minutes", "for 30 minutes"),
    ]


def test_several_requests_make_several_tasks() -> None:
    found = drafts("buy milk, call mom on Sunday and finish the report by Friday", CLOCK)

    assert [(draft.title, str(draft.due)) for draft in found] == [
        ("Buy milk", "None"),
        ("Call mom", "2026-11-22"),
        ("Finish the report", "2026-11-27"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow: buy milk, call mom", [("Buy milk", "2026-11-22"), ("Call mom", "2026-11-22")]),
        ("tomorrow\n- buy milk\n- call mom", [("Buy milk", "2026-11-22"), ("Call mom", "2026-11-22")]),
        ("tomorrow:\n- buy milk\n- call mom on friday", [("Buy milk", "2026-11-22"), ("Call mom", "2026-11-27")]),
        ("tomorrow: call mom at 3pm", [("Call mom", "2026-11-22T15:00:00+01:00")]),
        ("buy milk, call mom, both by Friday", [("Buy milk", "2026-11-27"), ("Call mom", "2026-11-27")]),
        ("buy milk, call mom on Sunday", [("Buy milk", "None"), ("Call mom", "2026-11-22")]),
        ("1. wash the car\n2. [ ] mow the lawn", [("Wash the car", "None"), ("Mow the lawn", "None")]),
    ],
    ids=[
        "a heading",
        "a first line",
        "an own date",
        "an own time",
        "said for both",
        "said for the last",
        "numbers and boxes",
    ],
)
def test_what_is_said_for_all_is_in_each(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(draft.title, str(draft.due)) for draft in drafts(text, CLOCK)] == expected


def test_a_recurring_task_is_due_at_its_first_date() -> None:
    (draft,) = drafts("every weekday at 7am do 20 pushups", CLOCK)

    assert (draft.title, draft.recurrence) == ("Do 20 pushups", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    assert str(draft.due) == "2026-11-23T07:00:00+01:00"


@pytest.mark.parametrize("text", ["water the plants every! 3 days", "water the plants every 3 days after completion"])
def test_a_task_can_repeat_from_its_completion(text: str) -> None:
    (draft,) = drafts(text, CLOCK)

    assert (draft.title, draft.recurrence, draft.recurs_from) == (
        "Water the plants",
        "FREQ=DAILY;INTERVAL=3",
        "completion",
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("please add a task to water the plants", "Water the plants"),
        ("I need to pick up the suit on Friday", "Pick up the suit"),
        ("could you add 'call grandma' for sunday at 4?", "Call grandma"),
        ("add buy milk to my list", "Buy milk"),
        ("I mustn't forget to book flights", "Book flights"),
        ("remind me tomorrow to pay rent", "Pay rent"),
        ("the party is tomorrow and lasts for five hours", "The party"),
        ("buy paint (tomorrow at 5pm) for the fence", "Buy paint for the fence"),
        ("call mom, on friday, about the trip", "Call mom, about the trip"),
        ("iPhone repair by monday", "iPhone repair"),
        ("review PR #482 on monday", "Review PR #482"),
        ("Read The 5th Wave by friday", "Read The 5th Wave"),
        ("read “The Friday Book, and call it a day” tomorrow", "Read “The Friday Book, and call it a day”"),
        ('"pay rent tomorrow p1" #home', "Pay rent tomorrow p1"),
        ("log in tomorrow", "Log in"),
        ("wed buy bread", "Buy bread"),
        ("buy bread mon", "Buy bread"),
        ("buy bread the 5th", "Buy bread"),
        ("5th: buy bread", "Buy bread"),
        ("tomorrow! buy bread", "Buy bread"),
        ("paint the 2nd floor", "Paint the 2nd floor"),
        ("come in 1st", "Come in 1st"),
        ("sun screen for the kids", "Sun screen for the kids"),
        ("finish it all by friday", "Finish it all"),
        ("remember the milk", "Remember the milk"),
        ("next steps for the move", "Next steps for the move"),
        ("add salt to the soup", "Add salt to the soup"),
        ("tomorrow at 3pm", ""),
        ("buy milk and eggs", "Buy milk and eggs"),
    ],
)
def test_the_title_is_what_is_left(text: str, title: str) -> None:
    (draft,) = drafts(text, CLOCK)

    assert draft.title == title


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("pay rent urgent", 1),
        ("urgent: pay rent", 1),
        ("pay rent p1", 1),
        ("pay rent !1", 1),
        ("pay rent !!!", 1),
        ("pay rent, top priority", 1),
        ("pay rent, it's very important", 1),
        ("add a high priority task to pay rent", 1),
        ("pay rent, make it urgent", 1),
        ("pay rent. Set the priority to high.", 1),
        ("pay rent (!1)", 1),
        ("pay rent !medium", 2),
        ("pay rent, priority 3", 3),
        ("pay rent low priority", 3),
        ("pay rent, no rush", 4),
    ],
)
def test_priority_is_read_in_words_and_signs(text: str, priority: int) -> None:
    (draft,) = drafts(text, CLOCK)

    assert (draft.title, draft.priority) == ("Pay rent", priority)


@pytest.mark.parametrize(
    "text",
    [
        "Prepare the important meeting",
        "Buy urgent supplies",
        "Review high priority tickets",
        "Read “Urgent”",
        "Book urgent care",
        "Fix issue #12",
        "Watch the 30 minute video",
        "Buy food for 3 days",
        "Ask Bob about project funding",
        "Write me at bob@example.com",
        "Task # @",
        "Learn C++ and C#",
        "Put *emphasis* on it",
        ".env is missing",
        "Call Bob on February 30th",
    ],
)
def test_words_that_only_look_like_fields_stay(text: str) -> None:
    (draft,) = drafts(text, CLOCK)

    assert draft.title == text
    assert {name for name, _ in draft.spans} <= {"people", "location"}


@pytest.mark.parametrize(
    ("text", "tags", "project"),
    [
        ("plan the party #fun *family", ("fun", "family"), None),
        ('plan the party #"two words" +[[The House]]', ("two words",), "The House"),
        ("plan the party tagged as home and fun", ("home", "fun"), None),
        ("plan the party, tags: home, fun", ("home", "fun"), None),
        ("plan the party, tag it home", ("home",), None),
        ("plan the party in the spring cleaning project", (), "spring cleaning"),
        ('plan the party, labelled as fun and put it in the "home" project', ("fun",), "home"),
        ("plan the party in project apollo 11", (), "apollo 11"),
        ("add plan the party to my summer list", (), "summer"),
        ("add plan the party to my list", (), None),
        ("plan the party @home tomorrow", (), "home"),
        ("plan the party @friday 4pm", (), None),
    ],
)
def test_tags_and_projects_are_read_in_words_and_signs(text: str, tags: tuple[str, ...], project: str | None) -> None:
    (draft,) = drafts(text, CLOCK)

    assert (draft.title, draft.tags, draft.project) == ("Plan the party", tags, project)


@pytest.mark.parametrize(
    ("text", "due", "minutes"),
    [
        ("meet Anna on 19 March from 10 to 11:30", "2027-03-19T10:00:00+01:00", 90),
        ("meet Anna tomorrow at 3pm for 45 minutes", "2026-11-22T15:00:00+01:00", 45),
        ("meet Anna (1 hour) tomorrow", "2026-11-22", 60),
        ("tomorrow meet Anna at 3pm", "2026-11-22T15:00:00+01:00", None),
        ("meet Anna, it takes 2 hours", "None", 120),
    ],
    ids=["from and to", "for", "in brackets", "in two places", "takes"],
)
def test_a_line_says_when_and_how_long(text: str, due: str, minutes: int | None) -> None:
    (draft,) = drafts(text, CLOCK)

    assert (draft.title, str(draft.due), draft.duration_minutes) == ("Meet Anna", due, minutes)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("pay rent tomorrow at 9am, remind me 10 minutes before", "2026-11-22T08:50:00+01:00"),
        ("pay rent tomorrow at 9am, remind me at 8", "2026-11-22T08:00:00+01:00"),
        ("pay rent tomorrow, remind me the evening before", "2026-11-21T20:00:00+01:00"),
        ("pay rent tomorrow at 9am. Remind me an hour before.", "2026-11-22T08:00:00+01:00"),
        ("pay rent tomorrow at 9am and set a reminder for 8am", "2026-11-22T08:00:00+01:00"),
        ("pay rent on 5 December with a reminder a day ahead", "2026-12-04T09:00:00+01:00"),
    ],
)
def test_a_reminder_comes_before_the_due(text: str, at: str) -> None:
    (draft,) = drafts(text, CLOCK)

    assert draft.title == "Pay rent"
    assert draft.remind_at and draft.remind_at.isoformat() == at


def test_people_and_places_are_noticed_and_stay_in_the_title() -> None:
    text = "lunch with Anna and Dr. Sun at Luigi's tomorrow at noon"

    (draft,) = drafts(text, CLOCK)

    assert draft.title == "Lunch with Anna and Dr. Sun at Luigi's"
    assert (draft.people, draft.location) == (("Anna", "Dr. Sun"), "Luigi's")


def test_the_words_of_a_field_are_known_also_from_two_places() -> None:
    text = "tomorrow call mom at 3pm #home #family"

    (draft,) = drafts(text, CLOCK)

    assert said(draft, text) == {"due": "tomorrow at 3pm", "people": "mom", "tags": "#home #family"}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("ßoup tomorrow", "ßoup"),
        ("ﬁle taxes today", "ﬁle taxes"),
        ("éclairs today", "Éclairs"),
        ('add ""', ""),
        ("“”", ""),
    ],
)
def test_a_capital_changes_no_letter_and_empty_quotes_name_nothing(text: str, title: str) -> None:
    assert [draft.title for draft in drafts(text, CLOCK)] == [title]


def test_an_empty_text_makes_no_task() -> None:
    assert drafts("  \n ", CLOCK) == ()


@given(TEXT)
@settings(max_examples=500, deadline=None)
@example('"' * 40 + "'“" * 20)
@example("tomorrow: " * 20)
@example("all by friday " * 20)
@example("0P'0")
@example("0P-001")
@example("@d’0 +d/e'0")
def test_no_word_is_lost_unless_it_was_read_or_only_frames(text: str) -> None:
    found = drafts(text, CLOCK)

    titles = " ".join(draft.title for draft in found).casefold()
    read = [span for draft in found for _, span in draft.spans]
    for draft in found:
        places = sorted(span for _, span in draft.spans)
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert all(before[1] <= after[0] for before, after in pairwise(places))
    for word in re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", text):
        is_read = any(start <= word.start() and word.end() <= end for start, end in read)
        assert is_read or word[0].casefold() in titles or word[0].lower().replace("’", "'") in FRAMING


@given(st.lists(st.sampled_from(PIECES), max_size=4), st.lists(st.sampled_from(PIECES), max_size=4))
@settings(max_examples=200, deadline=None)
def test_words_inside_quotes_stay(before: list[str], after: list[str]) -> None:
    quote = "“pay p1 every monday #x, and call mom tomorrow”"
    text = " ".join([*(piece for piece in before if not QUOTED.search(piece)), "read", quote, *after])

    titles = " ".join(draft.title for draft in drafts(text, CLOCK)).lower()

    assert quote.strip("“”") in titles


@pytest.mark.parametrize(
    "unit", ["buy milk tomorrow, ", "#a ", "( ", "all by friday ", "remind me ", "\n- x", "“", "p1 @b "]
)
def test_a_long_text_is_read_in_bounded_time(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    began = time.perf_counter()

    drafts(text, CLOCK)

    assert time.perf_counter() - began < 0.05 * 20 * 2
