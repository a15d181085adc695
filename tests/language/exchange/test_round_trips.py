"""What is written for another program reads back as the very thing, whatever is in it; and no text breaks a reader."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.due import Due
from domain.errors import Invalid
from domain.habits import Entry, Habit
from domain.imports import File
from domain.notes import Note
from domain.people import Clock
from domain.tasks import Task
from language.exchange import calendars, loop, todoist, vault
from language.exchange.found import Found

CLOCK = Clock(now=datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin")))
SCENE = vault.Scene(clock=CLOCK)
RULES = (
    *("FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY;COUNT=9;BYMONTHDAY=31"),
    *("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;UNTIL=20301231"),
)
PIECES = st.sampled_from(
    [
        *(
            "#tag",
            "📅 2026-11-27",
            "🔁 every week",
            "✅ 2026-01-01",
            "⏫",
            "[due:: 2026-01-01]",
            "%%",
            "%%{",
            "}%%",
            "---",
        ),
        *(
            "- [ ] box",
            "[[link]]",
            "[[link|",
            "@label",
            "@2026-11-27",
            "\n",
            "    ",
            "```",
            "\r\n",
            "\\",
            ";",
            ",",
            '"',
            "'",
        ),
        *(
            "title: x",
            "metacortex: tasks",
            "BEGIN:VTODO",
            "END:VTODO",
            "word",
            "ünï",
            "🗓️",
            "\u2028",
            "\t",
            "<!--",
            "`",
            ":",
        ),
    ]
)
WORDS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=8).map("".join)
STORABLE = WORDS.filter(lambda text: "\x00" not in text and text == text.encode(errors="ignore").decode())
LINE = STORABLE.filter(lambda text: bool(text.strip()))
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
DUES = st.builds(
    lambda day, at: Due(date=day, time=at, zone="Asia/Tokyo") if at else Due(date=day),
    st.dates(date(2001, 1, 1), date(2029, 1, 1)),
    st.none() | st.times().map(lambda at: time(at.hour, at.minute)),
)
TAGS = st.lists(LINE.map(str.strip), max_size=3, unique=True).map(tuple)


@st.composite
def tasks(draw):
    due = draw(st.none() | DUES)
    rule = draw(st.none() | st.sampled_from(RULES)) if due else None
    return Task(
        id=draw(st.uuids()),
        title=draw(LINE),
        body=draw(st.none() | STORABLE),
        due=due,
        recurrence=rule,
        recurs_from=draw(st.sampled_from(["due", "completion"])) if rule else "due",
        series_id=draw(st.uuids()) if rule else None,
        series_start=due.date if rule else None,
        occurrence=draw(st.integers(1, 5)) if rule else 1,
        priority=draw(st.none() | st.integers(1, 4)),
        tags=draw(TAGS),
        project=draw(st.none() | LINE),
        duration_minutes=draw(st.none() | st.integers(1, 100_000)),
        remind_at=draw(st.none() | MOMENTS),
        done_at=draw(st.none() | MOMENTS),
        created_at=draw(MOMENTS),
        updated_at=draw(MOMENTS),
    )


def only(results):
    """The one thing that was found, where nothing else was said."""
    (found,) = results
    assert isinstance(found, Found), found
    return found.thing


@settings(deadline=None)
@given(tasks())
def test_a_task_in_a_vault(task):
    text = vault.head_of_tasks(task.project) + vault.write_task(task, CLOCK)

    assert only(vault.read(File(path="Tasks/x.md", text=text), SCENE)) == task


@settings(deadline=None)
@given(tasks())
def test_a_task_in_a_calendar(task):
    text = (
        calendars.head([task.due.zone] if task.due and task.due.zone else []) + calendars.write(task) + calendars.foot()
    )

    assert only(calendars.read(File(path="x.ics", text=text), CLOCK)) == task


@settings(deadline=None)
@given(st.uuids(), STORABLE, STORABLE, TAGS, MOMENTS, MOMENTS)
def test_a_note_in_a_vault(id, title, body, tags, created_at, updated_at):
    try:
        note = Note(id=id, title=title, body=body, tags=tags, created_at=created_at, updated_at=updated_at)
    except Invalid:
        return

    assert only(vault.read(File(path=f"{vault.file_name(title)}.md", text=vault.write(note, {})), SCENE)) == note


@settings(deadline=None)
@given(
    LINE,
    st.sampled_from(["boolean", "numeric"]),
    st.lists(
        st.tuples(
            st.sampled_from(["done", "skipped", "missed"]),
            st.none() | st.integers(0, 10**6).map(lambda n: n / 1000),
            STORABLE,
        ),
        max_size=4,
    ),
)
def test_a_habit_of_loop(name, kind, days):
    at = {"created_at": CLOCK.now, "updated_at": CLOCK.now}
    name = " ".join(name.split())[:200]
    if not name:
        return
    habit = Habit(name=name, kind=kind, target=2.5 if kind == "numeric" else None, created_on=date(2026, 1, 1), **at)
    entries = [
        Entry(
            habit_id=habit.id, date=date(2026, 11, number), status=status, comment=comment.strip() or None, **at,
            value=value if status == "done" else None,
        )
        for number, (status, value, comment) in enumerate(days, 1)
    ]  # fmt: skip
    files = [
        File(path="Habits.csv", text=loop.head() + loop.write_habit(habit, 1)),
        File(path=f"{loop.folder_of(habit, 1)}/Checkmarks.csv", text=loop.write_entries(habit, entries)),
    ]

    (unit,) = loop.units(files)
    first, *others = [found.thing for found in loop.read(unit, CLOCK)]

    assert first == habit
    said = [(entry.date, entry.status, entry.value, entry.comment) for entry in others]
    assert said == [(entry.date, entry.status, entry.value, entry.comment) for entry in entries]


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param(lambda text: vault.read(File(path="a.md", text=text), SCENE), id="note"),
        pytest.param(
            lambda text: vault.read(File(path="a.md", text="---\nmetacortex: tasks\n---\n" + text), SCENE), id="tasks"
        ),
        pytest.param(lambda text: vault.read(File(path="a.md", text=f"- [ ] {text}"), SCENE), id="box"),
        pytest.param(
            lambda text: todoist.read(
                File(path="a.csv", text=todoist.head() + f'task,"{text}",,1,1,,,{text}\n'), CLOCK
            ),
            id="todoist",
        ),
        pytest.param(
            lambda text: calendars.read(
                File(path="a", text=f"BEGIN:VTODO\nSUMMARY:{text}\nDUE:{text}\nEND:VTODO\n"), CLOCK
            ),
            id="calendar",
        ),
    ],
)
def test_no_text_breaks_a_reader(reader):
    @settings(deadline=None)
    @given(STORABLE)
    def read(text):
        for found in reader(text):
            assert not isinstance(found, Found) or isinstance(found.thing.id, UUID)

    read()
