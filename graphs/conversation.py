"""The conversation: recall → respond ⇄ act, and approve where a person must agree first.

A run that was cut off goes on from its stored messages: after `recall` it takes up where they end.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.messages import ToolCall as ModelToolCall
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, Send, interrupt

from domain.actions import Call
from domain.events import Cited, ToolAnswered
from domain.model_calls import OFFLINE
from domain.runs import APPROVAL_LASTS, Answer, approval_id, message_id
from domain.threads import Citation, Message, ToolCall
from graphs import citing
from graphs.asking import Asking, Terms
from graphs.citing import Markers
from graphs.pieces import Answered, Piece, Speaker
from graphs.speaking import speak
from graphs.understanding import LONGEST_QUERY, timed, understood
from ml.intent import IntentModel
from tools.context import Log, TurnContext
from tools.search import recalled, vectors_of
from tools.tool import MALFORMED, Ask, Result, Tool, malformed

RECALL, ACT = "branch:to:recall", "branch:to:act"
"""The channels by which LangGraph starts these nodes."""
RECALLED = 6
STEPS = 8
DECLINED: Result = {"summary": "You decided against it, so nothing was changed.", "action_id": None, "items": []}
EXPIRED: Result = {
    "summary": "The yes came too late, so nothing was changed; ask again.",
    "action_id": None,
    "items": [],
}
REWORDED: Result = {
    "summary": "This turn has acted already and only words its answer again; nothing more was changed.",
    "action_id": None,
    "items": [],
}
NOT_DONE = "I could not carry that out: {problem} Please say it in other words."
DONE_BEFORE = "This was done before: "
ENDLESS = f"I stopped after {STEPS} rounds of work without coming to an answer; what was done stays done."
EXHAUSTED: Result = {"summary": f"Stopped after {STEPS} rounds of tools in one turn.", "action_id": None, "items": []}


class State(TypedDict):
    """What a run must remember over a pause: its own messages and what it found. History is read from the thread."""

    messages: Annotated[list[AnyMessage], add_messages]
    passages: list[dict[str, Any]]


class Question(TypedDict):
    """One approval that a paused run waits for, as shown to the person."""

    id: str
    message_id: str
    tool_call_id: str
    tool: str
    arguments: dict[str, Any]
    question: str
    expires_at: str


class Approving(TypedDict):
    """What the node `approve` is sent: one approval."""

    asked: Question


Conversation = CompiledStateGraph[State, TurnContext, State, State]


def build_conversation(
    *,
    speaker: Speaker,
    tools: Mapping[str, Tool],
    intents: IntentModel | None = None,
    terms: Terms | None = None,
    name: str = "conversation",
) -> Conversation:
    """The compiled graph, without a checkpointer: each run brings its own, bound to the user.

    `intents` judges what the grammar is not sure of.
    """
    nodes = _Nodes(speaker, tools, intents, terms or Terms())
    graph = StateGraph(State, context_schema=TurnContext)
    graph.add_node("recall", nodes.recall, destinations=("respond", "act", END))
    graph.add_node("respond", nodes.respond, destinations=("act", END))
    graph.add_node("act", nodes.act, destinations=("approve", "respond"))
    graph.add_node("approve", nodes.approve, input_schema=Approving)
    graph.add_edge(START, "recall")
    graph.add_edge("approve", "respond")
    # LangGraph takes its input in by a step of its own, which costs as much as one of ours; these channels need none.
    return graph.compile(name=name).copy({"input_channels": [*State.__annotations__, RECALL, ACT]})


def entering(messages: Sequence[AnyMessage]) -> dict[str, Any]:
    """The graph's input where a turn begins, or goes on from what is stored of it."""
    return {"messages": messages, "passages": [], RECALL: None}


def asking(state: State) -> dict[str, Any]:
    """The graph's input where calls wait for a person's yes, so that they are asked about once more."""
    return {**state, ACT: None}


class _Nodes:
    def __init__(self, speaker: Speaker, tools: Mapping[str, Tool], intents: IntentModel | None, terms: Terms) -> None:
        self._asking = Asking(speaker, tools, terms)
        self._tools = tools
        self._intents = intents
        self._narrows = terms.narrows

    async def recall(self, state: State, runtime: Runtime[TurnContext]) -> Command[str]:
        """Lay on the message what code reads in it, and what the person wrote about it, for the model to cite."""
        message, context = _person(state), runtime.context
        query = message.text[:LONGEST_QUERY]
        # The grammar reads while another thread makes the vectors.
        embedding = context.embedding or asyncio.create_task(vectors_of(context.embeddings, query))
        if self._narrows or self._intents or context.model == OFFLINE:
            understanding = await understood(message.text, context, self._intents, embedding)
        else:
            understanding = timed(message.text, context)
        vectors = await embedding
        passages = await recalled(context, query, vectors, limit=RECALLED)
        facts = {
            "understanding": understanding.to_json(),
            "now": context.now.isoformat(),
            "zone": context.profile.zone,
            "week_start": context.profile.week_start,
            "day_first": context.profile.day_first,
            "passages": passages,
        }
        found = {"messages": [_with_facts(message, facts)], "passages": passages}
        return Command(update=found, goto=_where_it_stands(state))

    async def respond(self, state: State, runtime: Runtime[TurnContext]) -> Command[str]:
        """Let the model speak, and store what it said before anything acts on it."""
        context, log = runtime.context, _log(runtime.context)
        passages = state["passages"]
        new_id = partial(message_id, str(context.run_id), context.attempt, _steps(state) + 1)
        told = partial(speak, log=log, message_id=new_id, markers=partial(Markers, len(passages), _quoted(state)))
        if said := _not_done(state["messages"]) or (ENDLESS if _steps(state) > STEPS + 1 else None):
            answer, markers = await told(_by_code(said))
        else:
            answer, markers = await self._asking.answer(state["messages"], context, log, told)
        named = answer.response_metadata.get("citations")
        used = citing.cited(markers.cited, passages) if named is None else citing.named(named, passages)
        if used:
            log.tell(Cited(str(answer.id), used))
        log.keep(_stored(answer, used, state["messages"][-1], context))
        if answer.tool_calls:
            await log.flush()
        return Command(update={"messages": [answer]}, goto="act" if answer.tool_calls else END)

    async def act(self, state: State, runtime: Runtime[TurnContext]) -> Command[str]:
        """Carry out the calls in their order; those that need a person's yes are put aside."""
        context, passages = runtime.context, list(state["passages"])
        asks: list[Question] = []
        answered: list[ToolMessage] = []
        message, calls = _to_do(state["messages"])
        for call in calls:
            known = self._tools.get(call["name"])
            made = _call(context, str(message.id), str(call["id"]), call["name"], call["args"])
            given = context.answers.get(approval_id(made.thread_id, made.message_id, made.tool_call_id))
            if known and given:
                # Where the run is taken over, a yes does what was shown then, and nothing is asked again.
                answered.append(await _answer(await _as_answered(known, context, made, given), made, context))
                continue
            may_act = _steps(state) <= STEPS and (context.may_write or not (known and known.writes))
            if (
                known
                and may_act
                and not await _has_acted(context, made)
                and (ask := await known.asks(context, call["args"]))
            ):
                asks.append(_asked(ask, context, str(message.id), str(call["id"]), known.name))
                continue
            if known and may_act:
                result = await known.invoke(context, made)
            else:
                result = _refusal(call["name"], known, state)
            _number(result, passages)
            answered.append(await _answer(result, made, context))
        waiting = [Send("approve", {"asked": asked}) for asked in asks]
        return Command(update={"messages": answered, "passages": passages}, goto=waiting or "respond")

    async def approve(self, state: Approving, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        """Ask the person about one call and wait; then do exactly what was shown, or what they made of it."""
        asked, context = state["asked"], runtime.context
        given = context.answers.get(asked["id"])
        answer = given or Answer(**({"approval_id": asked["id"]} | interrupt(asked)))
        tool = self._tools[asked["tool"]]
        call = _call(context, asked["message_id"], asked["tool_call_id"], tool.name, asked["arguments"])
        if answer.approved and context.now >= datetime.fromisoformat(asked["expires_at"]):
            result = EXPIRED
        else:
            result = await _as_answered(tool, context, call, answer)
        return {"messages": [await _answer(result, call, context)]}


async def _as_answered(tool: Tool, context: TurnContext, call: Call, answer: Answer) -> Result:
    """What was shown, or what the person made of it; nothing after a no."""
    if not answer.approved:
        return DECLINED
    return await tool.invoke(context, replace(call, arguments=answer.arguments or call.arguments))


async def _has_acted(context: TurnContext, call: Call) -> bool:
    """True where an attempt before this one carried the call out: then its answer is there, and nothing is asked."""
    if context.attempt == 1:
        return False
    return await context.ledger.recorded(call.thread_id, call.message_id, call.tool_call_id) is not None


def _log(context: TurnContext) -> Log:
    assert context.log is not None  # only runs walk this graph, and each has one
    return context.log


def _person(state: State) -> HumanMessage:
    """What the person said in this turn."""
    return next(message for message in state["messages"] if isinstance(message, HumanMessage))


def _steps(state: State) -> int:
    """How often the assistant has spoken in this turn."""
    return sum(isinstance(message, AIMessage) for message in state["messages"])


def _to_do(messages: Sequence[AnyMessage]) -> tuple[AIMessage, list[ModelToolCall]]:
    """The assistant's latest message, and its calls that have no result yet."""
    message = next(message for message in reversed(messages) if isinstance(message, AIMessage))
    answered = {message.tool_call_id for message in messages if isinstance(message, ToolMessage)}
    return message, [call for call in message.tool_calls if call["id"] not in answered]


def _where_it_stands(state: State) -> str:
    """Where a turn goes on: mostly it begins, but a run that was taken over has done part of it."""
    if not _steps(state):
        return "respond"
    message, calls = _to_do(state["messages"])
    if calls:
        return "act"
    return "respond" if message.tool_calls else END


def _with_facts(message: AnyMessage, facts: Mapping[str, Any]) -> HumanMessage:
    return HumanMessage(message.content, id=message.id, additional_kwargs={**message.additional_kwargs, **facts})


def _call(context: TurnContext, message_id: str, tool_call_id: str, tool: str, arguments: Mapping[str, Any]) -> Call:
    return Call(
        thread_id=context.thread_id,
        message_id=message_id,
        tool_call_id=tool_call_id,
        run_id=context.run_id,
        origin="agent",
        tool=tool,
        arguments=arguments,
    )


def _asked(ask: Ask, context: TurnContext, message_id: str, tool_call_id: str, tool: str) -> Question:
    return {
        "id": approval_id(context.thread_id, message_id, tool_call_id),
        "message_id": message_id,
        "tool_call_id": tool_call_id,
        "tool": tool,
        "arguments": ask.arguments,
        "question": ask.question,
        "expires_at": (context.now + APPROVAL_LASTS).isoformat(),
    }


def _refusal(name: str, known: Tool | None, state: State) -> Result:
    if _steps(state) > STEPS:
        return EXHAUSTED
    return REWORDED if known else malformed(f"There is no tool called {name!r}.")


def _not_done(messages: Sequence[AnyMessage]) -> str | None:
    """The reply where calls were wrong in themselves twice in a row: the model had its chance to mend them."""
    results = [(message, json.loads(message.text)) for message in messages if isinstance(message, ToolMessage)]
    problems = {
        message.tool_call_id: str(result["summary"])
        for message, result in results
        if any(item.get(MALFORMED) for item in result["items"])
    }
    rounds = [message.tool_calls for message in messages if isinstance(message, AIMessage) and message.tool_calls]
    wrong = [[problems[call["id"]] for call in calls if call["id"] in problems] for calls in rounds[-2:]]
    if len(wrong) < 2 or not all(wrong):
        return None
    done = [str(result["summary"]) for message, result in results if result["action_id"]]
    said = NOT_DONE.format(problem=wrong[-1][0])
    return f"{said} {DONE_BEFORE}{' '.join(done)}" if done else said


async def _by_code(text: str) -> AsyncIterator[Piece]:
    """An answer that no model gave."""
    yield text
    yield Answered(model="")


def _number(result: Result, passages: list[dict[str, Any]]) -> None:
    """Add what a tool found to the turn's passages; its markers go on counting after those before."""
    for passage in result.get("passages", []):
        passages.append(passage)
        passage["marker"] = len(passages)


async def _answer(result: Result, call: Call, context: TurnContext) -> ToolMessage:
    """Store what a tool said as a message, then tell it: what a reader has seen is not told again after a crash."""
    content = json.dumps(result, ensure_ascii=False, default=str)
    message = ToolMessage(content, tool_call_id=call.tool_call_id, name=call.tool, id=f"res_{call.tool_call_id}")
    log = _log(context)
    log.keep(_stored(message, (), call.message_id, context))
    await log.tell_stored(ToolAnswered(str(message.id), message.tool_call_id, message.text))
    return message


def _stored(
    message: AIMessage | ToolMessage, cited: tuple[Citation, ...], parent: AnyMessage | str, context: TurnContext
) -> Message:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return Message(
        id=str(message.id),
        thread_id=context.thread_id,
        parent_id=parent if isinstance(parent, str) else parent.id,
        run_id=context.run_id,
        role="assistant" if isinstance(message, AIMessage) else "tool",
        content=message.text,
        tool_calls=tuple(ToolCall(id=str(call["id"]), name=call["name"], arguments=call["args"]) for call in calls),
        tool_call_id=message.tool_call_id if isinstance(message, ToolMessage) else None,
        citations=cited,
        created_at=context.now,
    )


def _quoted(state: State) -> frozenset[int]:
    """The numbers in brackets that the turn's own texts hold: repeating them cites nothing."""
    heard = [message.text for message in state["messages"] if not isinstance(message, AIMessage)]
    return citing.quoted([*heard, *(str(passage["passage"]) for passage in state["passages"])])
