import io
import zipfile

import pytest

from evals.imports import _figures, made
from evals.processes import NotMeasured


def test_a_made_vault_is_the_same_each_time_and_has_tasks_and_links():
    vault = made(20)

    with zipfile.ZipFile(io.BytesIO(vault)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert vault == made(20)
    assert len(texts) == 20
    assert sum("- [ ]" in text for text in texts) == 4
    assert all("[[" in text and text.startswith("---\ntags:") for text in texts)


def test_turns_that_were_not_beside_it_are_not_measured():
    with pytest.raises(NotMeasured):
        list(_figures("beside the import", []))


def test_turns_are_held_against_what_was_promised():
    talk, act = _figures("alone", [(10.0, 400.0), (20.0, 500.0)])

    assert (talk.kept, act.kept) == (True, False)
