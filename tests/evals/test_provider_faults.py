"""The harness of failing providers: its verdict on what is right and on each planted wrong, and a short run of it."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from evals.faults.provider_plan import PROVIDERS, Plan, planned
from evals.faults.provider_verdict import CLASSES, Facts, Spent, Taken, Tripped, checks
from evals.faults.wrongs import BROKEN, REFUSALS

TURN = Taken(
    mark="t1", wrong="cut", ends=("finished",), model="openai:spare", may_answer=frozenset({"openai:spare"}),
    acknowledged=("t1",),
)  # fmt: skip
BREAKER = Tripped(model="openai:tripped", before=6, meanwhile=0, after=3, turns=5)
SPENT = Spent(
    person="p", cap=Decimal(1), reservation=Decimal("0.1"), booked=Decimal("1.05"), billed=Decimal("0.9"),
    reserved=Decimal(0), stood_in=3,
)  # fmt: skip
SOUND = Facts(
    turns=(TURN,),
    injected=Counter({(wire, name): 2 for wire in PROVIDERS for name in CLASSES}),
    wires=tuple(PROVIDERS),
    least=2,
    added=Counter(t1=1),
    tasks=Counter(t1=1),
    breakers=(BREAKER,),
    spent=(SPENT,),
    added_ms=(0.3, 0.4, 4.9),
    select_ms=(0.1, 0.2, 0.3),
)


def test_what_is_sound_is_found_sound():
    assert [check.name for check in checks(SOUND) if not check.holds] == []


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        ({"injected": SOUND.injected - Counter({("chat", "cut"): 1})}, "every class on every wire"),
        ({"turns": (replace(TURN, ends=()),)}, "one clear terminal event"),
        ({"turns": (replace(TURN, ends=("finished", "finished")),)}, "one clear terminal event"),
        ({"turns": (replace(TURN, ends=("",)),)}, "one clear terminal event"),
        ({"added": Counter(t1=2)}, "nothing done or said twice"),
        ({"tasks": Counter(t1=2)}, "nothing done or said twice"),
        ({"tasks": Counter()}, "nothing done or said twice"),
        ({"turns": (replace(TURN, is_doubled=True),)}, "nothing done or said twice"),
        ({"turns": (replace(TURN, model="offline"),)}, "fallbacks as set"),
        ({"turns": (replace(TURN, model=""),)}, "fallbacks as set"),
        ({"breakers": (replace(BREAKER, meanwhile=1),)}, "breakers open and close"),
        ({"breakers": (replace(BREAKER, after=0),)}, "breakers open and close"),
        ({"breakers": ()}, "breakers open and close"),
        ({"spent": (replace(SPENT, booked=Decimal("1.11")),)}, "spending under its cap"),
        ({"spent": (replace(SPENT, billed=Decimal("1.11")),)}, "spending under its cap"),
        ({"spent": (replace(SPENT, reserved=Decimal("0.01")),)}, "spending under its cap"),
        ({"spent": (replace(SPENT, stood_in=0),)}, "spending under its cap"),
        ({"added_ms": (0.3, 5.1, 5.2)}, "what the gateway adds"),
        ({"added_ms": ()}, "what the gateway adds"),
        ({"select_ms": ()}, "what the gateway adds"),
    ],
)
def test_each_planted_wrong_breaks_its_own_promise(wrong, broken):
    assert [check.name for check in checks(replace(SOUND, **wrong)) if not check.holds] == [broken]


def test_a_plan_meets_every_class_on_every_wire_and_is_the_same_for_the_same_seed():
    plan = Plan(turns=1000, least=50, seed=3, seconds=1, timed=1, spenders=1)
    met = Counter((each.wire, name) for each in planned(plan) for name in CLASSES if each.fault.wrong in CLASSES[name])

    assert set(met) == {(wire, name) for wire in PROVIDERS for name in CLASSES}
    assert set(met.values()) == {50}
    assert planned(plan) == planned(plan)
    assert planned(plan) != planned(replace(plan, seed=4))


def test_every_failure_that_a_provider_can_bring_about_is_of_a_class():
    assert {*REFUSALS, *BROKEN} <= {wrong for wrongs in CLASSES.values() for wrong in wrongs}
