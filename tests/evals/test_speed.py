import pytest

from evals.speed import Figure, NotMeasured, _check


@pytest.mark.parametrize(("share", "expected"), [(0.5, 100.0), (0.95, 190.0), (1.0, 200.0)])
def test_a_percentile_is_a_duration_that_was_measured(share, expected):
    figure = Figure(name="a turn", milliseconds=tuple(float(number) for number in range(200, 0, -1)), promised=150)

    assert figure.at(share) == expected


def test_a_figure_says_how_many_and_whether_its_promise_holds():
    assert "n=3" in str(Figure(name="a turn", milliseconds=(1.0, 2.0, 3.0), promised=150))
    assert "kept" in str(Figure(name="a turn", milliseconds=(149.0,), promised=150))
    assert "BROKEN" in str(Figure(name="a turn", milliseconds=(150.0,), promised=150))


@pytest.mark.parametrize(
    "stream",
    [
        "",
        'data: {"type": "RUN_ERROR", "message": "no"}\n\n',
        'data: {"type": "RUN_FINISHED", "outcome": {"type": "interrupt"}}\n\n',
        'data: {"type": "RUN_FINISHED", "outcome": {"type": "success"}}\n\n',
    ],
    ids=["nothing", "an error", "a pause", "no tool called"],
)
def test_a_turn_that_did_not_do_its_work_is_not_measured(stream):
    with pytest.raises(NotMeasured):
        _check(stream, "buy milk", "add_tasks")
