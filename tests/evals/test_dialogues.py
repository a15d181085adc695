"""Dialogues are judged strictly: what is expected and nothing else, said and done."""

import json

import pytest

from evals.stage import on
from evals.suites import agent_apibank, agent_reminders, agent_tooltalk
from evals.suites.dialogues import played
from evals.suites.expectations import Expected, Thing, clock_times, faults
from evals.suites.lines import lines
from settings import Settings

TASK = {
    "id": "1",
    "title": "Water the ferns",
    "body": None,
    "due": "2026-11-23T18:00:00+00:00",
    "done": False,
    "priority": None,
    "tags": (),
    "project": None,
    "recurrence": None,
    "duration_minutes": 20,
    "remind_at": None,
}
NEW = {**TASK, "id": "2", "title": "Repot the cactus", "due": "2026-11-24", "duration_minutes": None}
WHOLE = {"title": "Repot the cactus", "at": "2026-11-24T00:00:00"}
REMINDERS = {
    "id": "own",
    "ref": "2026-11-21T09:00:00",
    "reminders": [
        {
            "id": "8f5b6fc6-1c25-5467-91ba-000000000001",
            "content": "Water the ferns",
            "created": "2026-11-20T09:00:00",
            "due": "2026-11-23T18:00:00",
        }
    ],
    "turns": ["remind me to repot the cactus tomorrow at 4pm"],
    "full_request": None,
    "needs_location": False,
    "needs_device": False,
}
ADDED = {"content": "Repot the cactus", "reminder_timestamp": "2026-11-22T16:00:00"}


def having(*tasks):
    return {"tasks": list(tasks), "notes": [], "habits": [], "memories": []}


def wanting(**effects):
    return {"db": {"add": [], "update": [], "remove": [], **effects}, "answer_any": [], "must_not": []}


@pytest.mark.parametrize(
    ("expected", "after"),
    [
        pytest.param(Expected(), [TASK], id="nothing"),
        pytest.param(Expected(new=(Thing(**WHOLE),)), [TASK, NEW], id="new"),
        pytest.param(Expected(new=(Thing(title="Repot cactus tomorrow"),)), [TASK, NEW], id="a title alike"),
        pytest.param(Expected(old={"1": None}), [], id="gone"),
        pytest.param(Expected(old={"1": Thing(done=True)}), [{**TASK, "done": True}], id="done"),
        pytest.param(
            Expected(old={"1": Thing(at="2026-11-24T18:00:00")}),
            [{**TASK, "due": "2026-11-24T18:00:00+00:00"}],
            id="moved",
        ),
        pytest.param(
            Expected(moved=(("1", Thing(at="08:00:00")),)),
            [{**TASK, "due": "2026-11-24T08:00:00+00:00"}],
            id="moved in place",
        ),
        pytest.param(
            Expected(moved=(("1", Thing(at="08:00:00")),)),
            [{**NEW, "due": "2026-11-24T08:00:00+00:00"}],
            id="exchanged",
        ),
        pytest.param(
            Expected(new=(Thing(at="07:30:00"),)),
            [TASK, {**NEW, "due": "2026-11-25", "remind_at": "2026-11-25T07:30:00+00:00"}],
            id="an alarm on any day, as a reminder",
        ),
    ],
)
def test_exactly_what_is_expected_is_right(expected, after):
    assert faults(expected, having(TASK), having(*after), []) == []


@pytest.mark.parametrize(
    ("expected", "after", "fault"),
    [
        pytest.param(Expected(), [TASK, NEW], "was added and nobody asked", id="one too many"),
        pytest.param(Expected(), [], "is gone and nobody asked", id="lost"),
        pytest.param(Expected(), [{**TASK, "priority": 1}], "was changed and nobody asked", id="changed aside"),
        pytest.param(Expected(new=(Thing(**WHOLE),)), [TASK], "new are none", id="not added"),
        pytest.param(
            Expected(new=(Thing(**WHOLE), Thing(**WHOLE))), [TASK, NEW], "new are none", id="one stands for two"
        ),
        pytest.param(
            Expected(new=(Thing(**WHOLE),)),
            [TASK, {**NEW, "due": "2026-11-24T15:00:00+00:00"}],
            "new are",
            id="a time that was not said",
        ),
        pytest.param(
            Expected(new=(Thing(title="Repot the cactus", at="2026-11-24T15:00:00"),)),
            [TASK, {**NEW, "due": "2026-11-24T15:01:00+00:00"}],
            "new are",
            id="a minute late",
        ),
        pytest.param(Expected(new=(Thing(title="Sell it"),)), [TASK, NEW], "new are", id="another title"),
        pytest.param(Expected(old={"1": None}), [TASK], "should be gone", id="still there"),
        pytest.param(Expected(old={"1": Thing(done=True)}), [], "is gone, expected", id="deleted, not done"),
        pytest.param(
            Expected(old={"1": Thing(at="2026-11-24T18:00:00")}),
            [{**TASK, "due": "2026-11-24T18:00:00+00:00", "title": "Ferns"}],
            "should be",
            id="renamed on the way",
        ),
        pytest.param(
            Expected(old={"1": Thing(done=True)}),
            [{**TASK, "done": True, "due": "2026-11-24"}],
            "should be",
            id="moved on the way",
        ),
    ],
)
def test_a_wrong_effect_is_a_fault(expected, after, fault):
    assert any(fault in one for one in faults(expected, having(TASK), having(*after), []))


def test_a_note_that_nobody_asked_for_is_a_fault():
    after = having(TASK) | {"notes": [{"id": "9", "title": "Ferns", "body": "…", "tags": ()}]}

    assert faults(Expected(), having(TASK), after, []) == ["notes were changed and nobody asked for that"]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("Water the Ferns, tomorrow at 6:00 PM.", None),
        ("“water the ferns”, 18:00", None),
        ("Something at 18:00.", "does not say 'Water the ferns'"),
        ("Water the ferns at 8.", "does not say '18:00'"),
        ("Water the ferns at 18:00; repot the cactus.", "should not say 'Repot the cactus'"),
    ],
    ids=["as on a clock face", "quoted", "no title", "no time", "too much"],
)
def test_an_answer_names_what_was_asked_for_and_nothing_else(reply, fault):
    expected = Expected(says=(("Water the ferns",), clock_times("18:00:00")), unsaid=("Repot the cactus",))

    found = faults(expected, having(), having(), ["", reply])

    assert found == ([f"the answer {fault}"] if fault else [])


def test_a_turn_is_left_out_where_it_only_answers_what_we_do_not_ask():
    said = lines(
        [
            ("user", "Set an alarm for 7 am on 3 May 2027"),
            ("ai", "Sure. May I have your user name?"),
            ("user", "It's fern22"),
            ("ai", "Thanks, logged in. And where will you be?"),
            ("user", "In the greenhouse."),
            ("ai", "I need your password too. When should it ring?"),
            ("user", "At 7 am on 3 May 2027."),
            ("ai", "Done. Anything else? Who else should hear it?"),
            ("user", "Nobody, but remind me to repot the cactus."),
        ]
    )

    assert [line.say for line in said] == ["always", "never", "never", "if asked", "always"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"needs_location": True}, "needs places"),
        ({"needs_device": True}, "needs the device"),
        ({"ref": None}, "no clock"),
    ],
    ids=["ours", "places", "device", "no clock"],
)
def test_reminders_that_need_what_we_do_not_have_are_left_out(changes, reason):
    assert agent_reminders.left_out({**REMINDERS, **changes}) == reason


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ({"name": "AddAlarm", "args": {"time": "07:00:00"}}, None),
        ({"name": "UserLogin", "args": {}}, None),
        ({"name": "SendEmail", "args": {}}, "needs SendEmail"),
        ({"name": "ModifyEvent", "args": {"event_id": "1", "new_name": "Walk"}}, None),
        ({"name": "ModifyEvent", "args": {"event_id": "1", "new_location": "Park"}}, "changes a place or guests"),
    ],
    ids=["alarm", "login", "mail", "name", "place"],
)
def test_conversations_with_calls_of_other_kinds_are_left_out(call, reason):
    case = {"id": "own", "ref": "2026-11-21T09:00:00", "turns": [{"role": "assistant", "text": "", "calls": [call]}]}

    assert agent_tooltalk.left_out(case) == reason


@pytest.mark.parametrize(
    ("words", "name", "reason"),
    [
        ("on 3 May 2027", "AddAgenda", None),
        ("on 3 May", "AddAgenda", "no clock and no year"),
        ("on 3 May 2027", "ModifyMeeting", "changes a place or people"),
    ],
    ids=["year", "no year", "place"],
)
def test_dialogues_without_a_year_or_about_places_are_left_out(words, name, reason):
    turns = [{"role": "user", "text": words}, {"role": "api", "name": name, "args": {}, "output": "success"}]

    assert agent_apibank.left_out({"id": "own", "turns": turns}) == reason


def test_a_state_is_made_from_what_the_calls_presuppose(tmp_path):
    first = {"name": "DeleteAlarm", "args": {"time": "2027-05-03 07:00:00"}}
    second = {"name": "AddReminder", "args": {"content": "Repot the cactus", "time": "2027-05-04 08:00:00"}}
    third = {"name": "DeleteReminder", "args": second["args"]}
    turns = [{"role": "api", "output": "success", **call} for call in (first, second, third)]

    dialogue = agent_apibank.dialogue({"id": "own", "turns": turns}, tmp_path / "x.jsonl")

    (alarm,) = dialogue.has
    assert (alarm.title, str(alarm.due)) == ("Alarm", "2027-05-03T07:00:00+00:00")
    assert dialogue.expected == Expected(old={str(alarm.id): None})
    assert dialogue.now.isoformat() == "2027-05-02T09:00:00"


def test_a_state_beside_the_cases_becomes_tasks(tmp_path):
    event = {"event_id": "1", "name": "Fair", "description": None}
    event |= {"start_time": "2026-11-22 10:00:00", "end_time": "2026-11-22 11:30:00"}
    (tmp_path / "db_Calendar.json").write_text(json.dumps({"ann": {"1": event}}))
    (tmp_path / "db_Alarm.json").write_text(json.dumps({"ann": {"2": {"alarm_id": "2", "time": "06:00:00"}}}))
    case = {"id": "own", "ref": "2026-11-21T09:00:00", "username": "ann", "turns": []}

    dialogue = agent_tooltalk.dialogue(case, tmp_path / "x.jsonl")

    assert [(task.title, str(task.due), task.duration_minutes) for task in dialogue.has] == [
        ("Alarm", "2026-11-22T06:00:00+00:00", None),
        ("Fair", "2026-11-22T10:00:00+00:00", 90),
    ]


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [(wanting(add=[ADDED]), []), (wanting(), ["was added and nobody asked for that"])],
    ids=["right", "wrong"],
)
async def test_a_dialogue_is_played_on_the_real_agent(dsn, tmp_path, expected, wrong):
    dialogue = agent_reminders.dialogue({**REMINDERS, "expected": expected}, tmp_path / "x.jsonl")
    settings = Settings.model_validate({"home": tmp_path, "model": "offline", "DATABASE_URL": dsn})

    async with on(settings) as stage:
        prediction = await played(dialogue, stage)

    assert [any(fault in one for one in prediction["faults"]) for fault in wrong] == [True] * len(wrong)
    assert len(prediction["faults"]) == len(wrong)
    assert [call["tool"] for call in prediction["calls"]] == ["add_tasks"]
    assert [task["title"] for task in prediction["before"]["tasks"]] == ["Water the ferns"]
    assert len(prediction["state"]["tasks"]) == 2
    assert len(prediction["replies"]) == 1
