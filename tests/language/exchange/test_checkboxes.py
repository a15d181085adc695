"""Checkboxes in the forms that people write."""

import pytest

from language.exchange.checkboxes import boxes, read

DAY = "2026-11-27"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Pay rent 📅 2026-11-27", {"title": "Pay rent", "due": DAY}, id="emoji"),
        pytest.param("Pay rent 🗓️2026-11-27", {"title": "Pay rent", "due": DAY}, id="emoji-with-selector"),
        pytest.param("Pay rent [due:: 2026-11-27]", {"title": "Pay rent", "due": DAY}, id="brackets"),
        pytest.param("Pay rent (due:: 2026-11-27)", {"title": "Pay rent", "due": DAY}, id="round-brackets"),
        pytest.param("Pay rent ⏳ 2026-11-27", {"title": "Pay rent", "due": DAY}, id="scheduled-alone"),
        pytest.param("Pay ⏳ 2026-11-25 📅 2026-11-27", {"title": "Pay", "due": DAY}, id="due-before-scheduled"),
        pytest.param("Pay 🛫 2026-11-25", {"title": "Pay", "due": "None"}, id="a-start-is-no-due"),
        pytest.param("Pay rent @2026-11-27", {"title": "Pay rent", "due": DAY}, id="at"),
        pytest.param("Call (@2026-11-27 15:00)", {"title": "Call", "due": f"{DAY}T15:00:00+01:00"}, id="reminder"),
        pytest.param("Call @{2026-11-27} @@{9:30}", {"title": "Call", "due": f"{DAY}T09:30:00+01:00"}, id="kanban"),
        pytest.param("Call due: 2026-11-27", {"title": "Call", "due": DAY}, id="due-in-words"),
        pytest.param(
            "Born 2026-11-27 in Ulm", {"title": "Born 2026-11-27 in Ulm", "due": "None"}, id="a-bare-date-is-a-word"
        ),
        pytest.param("Pay 📅 2026-02-31", {"title": "Pay", "due": "None"}, id="a-day-that-is-none"),
        pytest.param("A ⏫", {"priority": 1}, id="high"),
        pytest.param("A 🔺", {"priority": 1}, id="highest"),
        pytest.param("A 🔼", {"priority": 2}, id="medium"),
        pytest.param("A 🔽", {"priority": 3}, id="low"),
        pytest.param("A ⏬", {"priority": 4}, id="lowest"),
        pytest.param("A [priority:: medium]", {"priority": 2}, id="medium-in-brackets"),
        pytest.param("Buy #task #food/milk #2026 C#", {"title": "Buy #2026 C#", "tags": ("food/milk",)}, id="tags"),
        pytest.param("Ask [[Ada Byron|Ada]] of [[Ulm]]", {"title": "Ask Ada of Ulm"}, id="links"),
        pytest.param(
            "Water 🔁 every 3 days 📅 2026-11-27", {"recurrence": "FREQ=DAILY;INTERVAL=3", "due": DAY}, id="rule"
        ),
        pytest.param(
            "Water 🔁 every Friday", {"recurrence": "FREQ=WEEKLY;BYDAY=FR", "due": DAY}, id="rule-without-due"
        ),
        pytest.param("Cut 🔁 every month when done 📅 2026-11-27", {"recurs_from": "completion"}, id="when-done"),
        pytest.param(
            "Cut [repeat:: every week] [due:: 2026-11-27]", {"recurrence": "FREQ=WEEKLY"}, id="rule-in-brackets"
        ),
        pytest.param(
            "Cut 🔁 alle Tage 📅 2026-11-27", {"recurrence": None, "unread": ("alle Tage",)}, id="not-understood"
        ),
        pytest.param("Cut ✅ 2026-11-20 🆔 abc123 🏁 delete ^block1", {"title": "Cut"}, id="other-marks"),
        pytest.param("Cut ❌ 2026-11-20", {"is_dropped": True}, id="cancelled"),
    ],
)
def test_a_line_says(text, expected, clock):
    seen = read(text, clock)

    said = {name: getattr(seen, name) for name in expected}
    assert {**said, **({"due": str(seen.due)} if "due" in expected else {})} == expected


def test_a_rule_that_ends_before_it_begins_is_not_understood(clock):
    seen = read("Cut 🔁 every week until 2020-01-01 📅 2026-11-27", clock)

    assert seen.recurrence is None and str(seen.due) == DAY


def test_boxes_in_code_are_none():
    text = "- [ ] one\n```\n- [ ] two\n```\n  * [x] three\n> 1. [/] four\n-[ ] five\n- [] six\n~~~\n- [ ] seven"

    assert [box["text"] for _, box in boxes(text.split("\n"))] == ["one", "three", "four"]
