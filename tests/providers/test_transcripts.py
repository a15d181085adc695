"""Whole conversations of the transcripts over each provider's wire: what the offline model does, they do too."""

import pytest

from evals.conversations import line, replay
from evals.playback import playing, recorded, settings_of
from evals.stage import on
from evals.transcripts import HERE, read
from settings import Settings

# Each kind of thing that a wire could get wrong: citations, ids, approvals, several calls, what came long before.
PLAYED = ("notes", "memory", "undo", "declined_deletion", "errands")


@pytest.mark.parametrize("name", PLAYED)
async def test_a_conversation_goes_over_every_wire_as_it_was_written_down(new_database, tmp_path, name):
    transcripts = read([HERE / f"{name}.yaml"])
    offline = Settings.model_validate({"home": tmp_path, "model": "offline", "database_url": new_database()})
    async with on(offline) as stage:
        recordings = await recorded(transcripts, stage)

    for wire in ("chat", "messages"):
        with playing(recordings) as (provider, player):
            async with on(settings_of(provider, wire, home=tmp_path, database_url=new_database())) as stage:
                cases = [case async for case in replay(player.announced(transcripts), stage)]

        assert [line(case) for case in cases if not case.passed] == []
        assert player.lost == []
        assert {request.wire.name for request in provider.asked} == {wire}
        assert len(provider.asked) > sum(len(transcript.turns) for transcript in transcripts)
