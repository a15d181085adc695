"""What a model is told of the tools."""

import json

import pytest

from tools.registry import TOOLS


def test_every_tool_of_the_contract_is_there():
    names = """
        add_tasks find_tasks update_tasks complete_tasks delete_tasks plan_day
        write_note update_note find_notes summarize_notes delete_notes
        create_habit log_habit update_habit habit_insights delete_habit
        search remember forget undo
    """

    assert list(TOOLS) == names.split()


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_a_schema_is_whole_and_plain(tool):
    function = tool.schema()["function"]

    drawn = json.dumps(function["parameters"])
    assert function["name"] == tool.name
    assert 40 < len(function["description"]) < 500
    assert function["parameters"]["additionalProperties"] is False
    assert "$ref" not in drawn and "$defs" not in drawn and '"null"' not in drawn


def test_a_field_called_title_stays_in_the_schema():
    properties = TOOLS["add_tasks"].schema()["function"]["parameters"]["properties"]["tasks"]["items"]["properties"]

    assert properties["title"]["type"] == "string"
    assert properties["priority"] == {"description": "1 (highest) to 4.", "maximum": 4, "minimum": 1, "type": "integer"}
