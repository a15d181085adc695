"""Search at scale, built small."""

import re

import pytest

from evals.__main__ import main
from evals.scale.collection import Collection, sizes_of


def test_people_have_sizes_after_zipf():
    sizes = sizes_of(100_000, 1_000)

    assert sum(sizes) == pytest.approx(100_000, rel=0.01)
    assert (sizes[1], sizes[9]) == (pytest.approx(sizes[0] / 2, abs=1), pytest.approx(sizes[0] / 10, abs=1))


def test_a_collection_is_the_same_each_time_and_everybody_gets_what_is_theirs():
    first, second = (list(Collection([120, 60]).passages()) for _ in range(2))

    assert first == second
    assert len({passage.id for _, passage in first}) == 180
    assert sum(user == Collection([120, 60]).users[1] for user, _ in first) == 60


def test_it_is_said_how_fast_search_is_and_what_it_misses(tmp_path, capsys):
    assert main(["scale", "--chunks", "400", "--users", "3", "--home", str(tmp_path)]) == 0

    said = capsys.readouterr().out
    assert said.startswith("400 passages of 3 people, the largest 218\nbuilt in rows ")
    (look,) = re.findall(r"^ +218 passages .*", said, re.MULTILINE)
    assert "recall@10 1.000" in look and "n=50 " in look
