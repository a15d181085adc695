import pytest

from evals.suites.intents_slots import SUITE, predicted, slots


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("move the picnic to sunday at noon", {("day", "sunday"), ("clock", "noon"), ("title", "picnic")}),
        ("what's on for wednesday evening", {("day", "wednesday"), ("part of day", "evening")}),
        ("book the court on friday from 2 to 3 pm", {("day", "friday"), ("clock", "2"), ("end", "3 pm")}),
        ("water the cactus every other sunday", {("rhythm", "every other sunday")}),
        ("put plums on my grocery list", {("title", "Plums"), ("list", "grocery")}),
        ("delete plums from the grocery list", {("title", "plums"), ("list", "grocery")}),
    ],
    ids=["day and clock", "part of a day", "from and to", "rhythm", "list", "reference into a list"],
)
def test_the_words_of_each_slot_are_found(text, expected):
    assert expected <= set(slots(text))


def test_slots_go_by_the_names_of_their_source():
    case = {"id": "one", "source": "ms-calendarskill", "text": "move the picnic to sunday at noon", "slots": []}

    assert {"slot": "FromTime", "value": "noon"} in predicted(case)["slots"]


@pytest.mark.parametrize(
    ("expected", "found", "score"),
    [
        (["the Noon"], ["noon"], 1.0),
        (["noon", "sunday"], ["noon"], 2 / 3),
        (["noon"], ["noon", "noon"], 2 / 3),
        (["noon"], [], 0.0),
        ([], [], 1.0),
    ],
    ids=["case and articles", "one missed", "one too many", "nothing found", "nothing there"],
)
def test_a_case_scores_the_f1_of_its_values(expected, found, score):
    def row(values):
        return {"slots": [{"slot": "any", "value": value} for value in values]}

    assert SUITE.score(row(expected), row(found)) == pytest.approx(score)
