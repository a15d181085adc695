"""What a text settles, asks for and leaves open."""

import pytest

from language.minutes import minutes_of
from language.prose import prose


@pytest.mark.parametrize(
    "text",
    [
        "We decided to move the launch.",
        "It was agreed that travel is cut.",
        "The board approved the plan.",
        "We're going with the blue logo.",
        "The committee has chosen Bonn and the date is settled.",
        "Decision: no music.",
        "- Marketing budget approved: 12k",
        "We agreed to drop the old version.",
        "## Decisions\n- The blue logo",
    ],
)
def test_decisions(text):
    assert [minute.kind for minute in minutes_of(prose(text))] == ["decision"]


@pytest.mark.parametrize(
    ("text", "owner", "deed"),
    [
        ("I need to call the printer by Friday.", None, "call the printer by Friday"),
        ("Anna will send the slides.", "Anna", "send the slides"),
        ("Ms Weber and Tom should check the contract.", "Ms Weber and Tom", "check the contract"),
        ("Anna agreed to write the minutes.", "Anna", "write the minutes"),
        ("The design team has to prepare mock-ups.", "The design team", "prepare mock-ups"),
        ("Please don't forget to water the plants.", None, "water the plants"),
        ("Action: follow up with legal", None, "follow up with legal"),
        ("Next steps: Bob to book the hall", "Bob", "book the hall"),
        ("- [ ] order chairs", None, "order chairs"),
        ("- @carol update the website", "carol", "update the website"),
        ("## Action items\n- Review the slides (Anna)", "Anna", "Review the slides"),
        ("## Follow-ups\n- Bob: send the contract", "Bob", "send the contract"),
        ("Ms Berg is responsible for the party.", "Ms Berg", "take care of the party"),
        ("The treasurer shall inform the members.", "The treasurer", "inform the members"),
        ("me: draft the newsletter", None, "draft the newsletter"),
        ("Don't forget the deposit slip.", None, "remember the deposit slip"),
        ("It rained a lot. Renew the passport!", None, "Renew the passport"),
        ("## Next steps\n- Maria: handover doc", "Maria", "handover doc"),
        ("Anna: We have no hall.\nBob: I will book one tomorrow.", "Bob", "book one tomorrow"),
    ],
)
def test_action_items_and_who_does_them(text, owner, deed):
    found = [(minute.owner, minute.text) for minute in minutes_of(prose(text)) if minute.kind == "action"]

    assert found == [(owner, deed)]


@pytest.mark.parametrize(
    "text",
    [
        "What does the hall cost?",
        "It is not clear yet whether the mayor comes.",
        "We haven't decided on the band.",
        "The menu is to be decided.",
        "We need to find out who pays.",
        "Open question: parking",
        "## Open questions\n- parking",
    ],
)
def test_open_questions(text):
    assert [minute.kind for minute in minutes_of(prose(text))] == ["question"]


@pytest.mark.parametrize(
    "text",
    [
        "The weather was mild.",
        "Tickets will go on sale in March.",
        "If we agreed to that, we would lose money.",
        "She will be late.",
        "We will see.",
        "The shop is open on Sunday.",
        "- [x] pay the deposit",
        "Who pays? Yes, marketing pays.",
        "Anna: Is it far?\nBob: Yes, I will show you the map.",
        "The budget was not approved.",
        "I wanted to call the bank.",
        "Chop the onions. Boil the pasta. Add salt. Stir it well.",
        "Rent goes up by 3%.",
        "She'll prepare a handover.",
    ],
)
def test_what_is_none_of_them(text):
    assert [minute for minute in minutes_of(prose(text)) if minute.text != "Who pays?"] == []
