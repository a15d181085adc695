import pytest

from evals.transcripts import BadTranscript, read, shipped

GOOD = """
name: short
now: "2026-11-21T09:30:00+01:00"
zone: Europe/Berlin
turns:
  - say: buy milk
    effects: {tasks: [{title: buy milk, due: 2026-11-22}]}
  - say: and stamps
"""


@pytest.fixture
def transcript(tmp_path):
    def of(text):
        file = tmp_path / "transcript.yaml"
        file.write_text(text)
        return read([file])

    return of


def test_those_that_ship_can_be_read_and_have_names_of_their_own():
    transcripts = read(shipped())

    assert "first_day" in {transcript.name for transcript in transcripts}
    assert len({transcript.name for transcript in transcripts}) == len(transcripts)


def test_a_date_stays_the_words_it_was_written_as(transcript):
    (short,) = transcript(GOOD)

    assert short.turns[0].effects.tasks == ({"title": "buy milk", "due": "2026-11-22"},)


def test_the_clock_goes_on_a_minute_a_turn_in_the_persons_zone(transcript):
    (short,) = transcript(GOOD)

    moments = [short.moment(turn, number) for number, turn in enumerate(short.turns)]

    assert [str(moment) for moment in moments] == ["2026-11-21 09:30:00+01:00", "2026-11-21 09:31:00+01:00"]
    assert str(moments[0].tzinfo) == "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GOOD + "    tool: [add_tasks]\n", "turns.1.tool"),
        (GOOD.replace("zone: Europe/Berlin\n", ""), "zone"),
        (GOOD.replace("name: short", "name: [short"), "YAML"),
        (GOOD.replace("Europe/Berlin", "Europe/Nowhere"), "zone"),
        (GOOD.replace('"2026-11-21T09:30:00+01:00"', "soon"), "now"),
        (GOOD.replace('"2026-11-21T09:30:00+01:00"', '"2026-11-21T09:30:00"'), "now"),
    ],
    ids=["an unknown field", "no zone", "no YAML", "no such zone", "no moment", "a moment without an offset"],
)
def test_a_bad_transcript_is_refused_by_the_name_of_its_field(transcript, text, named):
    with pytest.raises(BadTranscript, match=named):
        transcript(text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadTranscript, match=r"missing\.yaml"):
        read([tmp_path / "missing.yaml"])
