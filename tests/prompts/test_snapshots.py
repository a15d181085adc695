"""Each prompt as it reaches the model, held byte for byte against what somebody has read.

`RENEW_SNAPSHOTS=1 uv run --group dev pytest tests/prompts` writes them anew: read the difference before it is kept.
"""

import os
from pathlib import Path

import pytest

import prompts
from prompts.versions import CHOSEN

KEPT = Path(__file__).with_name("snapshots")
FILES = sorted(Path(prompts.__file__).parent.glob("*.md"))
VALUES = {
    "assistant": {"name": "Ada"},
    "person": {
        "name": "Ada", "week": "Monday", "dates": "with the day first", "memories": "- I am allergic to nuts.",
        "earlier": "- The landlord agreed to paint the hall.",
    },
    "turn": {
        "today": "Saturday, 21 November 2026, 14:30", "zone": "Europe/Berlin", "facts": '"tomorrow" means Sun 22 Nov.',
        "passages": "[1] note 7 (2026-11-02): The landlord agreed.",
    },
    "title": {"said": "buy milk", "answered": "Added «Buy milk»."},
    "reflection": {"said": "I moved to Bonn."},
    "condensed": {"said": "The person: buy milk\nThe assistant: Added «Buy milk».", "words": 120},
    "summary": {"notes": "[1] We met in Bonn.", "about": "the launch", "words": 120},
    "summary_merged": {"notes": "point: They met. [1]", "about": "", "words": 120},
}  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_prompt_is_as_it_was_read(file):
    prompt, _, number = file.stem.partition("@")
    versions = {"versions": {prompt: file.stem}} if number else {}
    kept = KEPT / f"{file.stem}.txt"

    text = getattr(prompts, prompt)(**VALUES[prompt], **versions)

    if os.environ.get("RENEW_SNAPSHOTS"):
        kept.write_bytes(text.encode())
    assert kept.read_bytes() == text.encode(), "read the difference, then renew with RENEW_SNAPSHOTS=1"


def test_every_snapshot_is_of_a_prompt():
    assert {kept.stem for kept in KEPT.iterdir()} == {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_version_that_stands_aside_is_one_that_can_be_chosen(file):
    prompt, _, number = file.stem.partition("@")

    assert not number or prompt in CHOSEN
    assert not number or file.stem != prompts.version(prompt)
