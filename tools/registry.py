"""All tools by their name, in the order they are shown."""

from collections.abc import Mapping
from types import MappingProxyType

from tools import actions, agenda, habit_insights, habits, memories, notes, search, summaries, tasks
from tools.tool import Tool

ALL = (
    Tool(name="add_tasks", arguments=tasks.AddTasks, run=tasks.add),
    Tool(name="find_tasks", arguments=agenda.FindTasks, run=agenda.find, writes=False),
    Tool(name="update_tasks", arguments=tasks.UpdateTasks, run=tasks.update, ask=tasks.ask_to_update),
    Tool(name="complete_tasks", arguments=tasks.NamedTasks, run=tasks.complete, ask=tasks.ask_to_complete),
    Tool(name="delete_tasks", arguments=tasks.NamedTasks, run=tasks.delete, ask=tasks.ask_to_delete),
    Tool(name="plan_day", arguments=agenda.PlanDay, run=agenda.plan, writes=False),
    Tool(name="write_note", arguments=notes.WriteNote, run=notes.write),
    Tool(name="update_note", arguments=notes.UpdateNote, run=notes.update),
    Tool(name="find_notes", arguments=notes.FindNotes, run=notes.find, writes=False),
    Tool(name="summarize_notes", arguments=summaries.SummarizeNotes, run=summaries.summarize, writes=False),
    Tool(name="delete_notes", arguments=notes.NamedNotes, run=notes.delete, ask=notes.ask_to_delete),
    Tool(name="create_habit", arguments=habits.CreateHabit, run=habits.create),
    Tool(name="log_habit", arguments=habits.LogHabit, run=habits.log),
    Tool(name="update_habit", arguments=habits.UpdateHabit, run=habits.update),
    Tool(name="habit_insights", arguments=habit_insights.HabitInsights, run=habit_insights.tell, writes=False),
    Tool(name="delete_habit", arguments=habits.NamedHabit, run=habits.delete, ask=habits.ask_to_delete),
    Tool(name="search", arguments=search.SearchArguments, run=search.search, writes=False),
    Tool(name="remember", arguments=memories.Remember, run=memories.remember),
    Tool(name="forget", arguments=memories.Forget, run=memories.forget, ask=memories.ask_to_forget),
    Tool(name="undo", arguments=actions.Undo, run=actions.undo),
)
TOOLS: Mapping[str, Tool] = MappingProxyType({tool.name: tool for tool in ALL})
