"""The conversation: understand → recall → respond ⇄ act, and approve where a person must agree first."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send, interrupt

import prompts
from domain.actions import Call
from domain.events import Cited, ToolAnswered
from domain.runs import APPROVAL_LASTS, approval_id
from domain.threads import Citation, Message, ToolCall
from graphs.history import as_model_messages
from graphs.speaking import ChatModel, speak
from language.understanding import understand as read_requests
from tools.context import TurnContext
from tools.tool import Ask, Result, Tool

RECALLED = 6
LONGEST_QUERY = 2_000
STEPS = 8
DECLINED: Result = {"summary": "You decided against it, so nothing was changed.", "action_id": None, "items": []}
EXPIRED: Result = {
    "summary": "The yes came too late, so nothing was changed; ask again.",
    "action_id": None,
    "items": [],
}
EXHAUSTED: Result = {"summary": f"Stopped after {STEPS} rounds of tools in one turn.", "action_id": None, "items": []}


class State(TypedDict):
    """What a run must remember over a pause: its own messages and what it found. History is read from the thread."""

    messages: Annotated[list[AnyMessage], add_messages]
    passages: list[dict[str, Any]]
    asks: list[dict[str, Any]]
    steps: int


class Asked(TypedDict):
    """One approval that a paused run waits for, as shown to the person."""

    id: str
    message_id: str
    tool_call_id: str
    tool: str
    arguments: dict[str, Any]
    question: str
    expires_at: str


class Asking(TypedDict):
    """What the node `approve` is sent: one approval."""

    asked: Asked


Conversation = CompiledStateGraph[State, TurnContext, State, State]


def build_conversation(*, model: ChatModel, tools: Mapping[str, Tool], name: str = "conversation") -> Conversation:
    """The compiled graph, without a checkpointer: each run brings its own, bound to the user.

    `model` has its tools bound already.
    """
    nodes = _Nodes(model, tools)
    graph = StateGraph(State, context_schema=TurnContext)
    graph.add_node("understand", nodes.understand)
    graph.add_node("recall", nodes.recall)
    graph.add_node("respond", nodes.respond)
    graph.add_node("act", nodes.act)
    graph.add_node("approve", nodes.approve, input_schema=Asking)
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "recall")
    graph.add_edge("recall", "respond")
    graph.add_conditional_edges("respond", _after_respond, ["act", END])
    graph.add_conditional_edges("act", _after_act, ["approve", "respond"])
    graph.add_edge("approve", "respond")
    return graph.compile(name=name)


class _Nodes:
    def __init__(self, model: ChatModel, tools: Mapping[str, Tool]) -> None:
        self._model = model
        self._tools = tools

    async def understand(self, state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        """Lay what the code reads in the message on the message itself."""
        message, context = state["messages"][-1], runtime.context
        understanding = read_requests(message.text, context.clock)
        facts = {"understanding": understanding.to_json(), "now": context.now.isoformat(), "zone": context.profile.zone}
        return {"messages": [_with_facts(message, facts)]}

    async def recall(self, state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        """Find what the person wrote about this, for the model and for citations."""
        message, context = state["messages"][-1], runtime.context
        query = message.text[:LONGEST_QUERY]
        vector = await context.embeddings.aembed_query(query) if context.embeddings else None
        embedder = context.embeddings.name if context.embeddings else ""
        hits = await context.search.hybrid(query, vector, embedder, limit=RECALLED)
        passages = [
            {
                "kind": hit.kind,
                "id": str(hit.id),
                "title": hit.title,
                "passage": hit.passage,
                "date": hit.date.isoformat() if hit.date else None,
                "score": hit.score,
                "cosine": hit.cosine,
                "words": hit.words,
            }
            for hit in hits
        ]
        return {"messages": [_with_facts(message, {"passages": passages})], "passages": passages}

    async def respond(self, state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        """Let the model speak, and store what it said before anything acts on it."""
        context, tell = runtime.context, get_stream_writer()
        own = {message.id for message in state["messages"]}
        history = as_model_messages([message for message in context.history if message.id not in own])
        answer = await speak(self._model, [_instructions(state, context), *history, *state["messages"]], tell)
        cited = _citations(answer, state["passages"])
        if cited:
            tell(Cited(str(answer.id), cited))
        await context.threads.append([_stored(answer, cited, state["messages"][-1], context)])
        return {"messages": [answer], "asks": [], "steps": state.get("steps", 0) + 1}

    async def act(self, state: State, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        """Carry out the calls in their order; those that need a person's yes are put aside."""
        context, message = runtime.context, state["messages"][-1]
        assert isinstance(message, AIMessage)
        asks: list[Asked] = []
        answered: list[ToolMessage] = []
        passages = list(state["passages"])
        for call in message.tool_calls:
            known = self._tools.get(call["name"])
            if known and state["steps"] <= STEPS and (ask := await known.asks(context, call["args"])):
                asks.append(_asked(ask, context, str(message.id), str(call["id"]), known.name))
                continue
            made = _call(context, str(message.id), str(call["id"]), call["name"], call["args"])
            if state["steps"] > STEPS:
                result = EXHAUSTED
            else:
                result = await known.invoke(context, made) if known else _unknown(call["name"])
            _number(result, passages)
            # Each by itself: a cut in the next call must not make this one look undone.
            answered.append(await _answer(result, made, context))
        return {"messages": answered, "asks": asks, "passages": passages}

    async def approve(self, state: Asking, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        """Ask the person about one call and wait; then do exactly what was shown, or what they made of it."""
        asked = state["asked"]
        answer: dict[str, Any] = interrupt(asked)
        context, tool = runtime.context, self._tools[asked["tool"]]
        arguments = answer.get("arguments") or asked["arguments"]
        call = _call(context, asked["message_id"], asked["tool_call_id"], tool.name, arguments)
        if not answer["approved"]:
            result = DECLINED
        elif context.now >= datetime.fromisoformat(asked["expires_at"]):
            result = EXPIRED
        else:
            result = await tool.invoke(context, call)
        return {"messages": [await _answer(result, call, context)]}


def _after_respond(state: State) -> str:
    message = state["messages"][-1]
    return "act" if isinstance(message, AIMessage) and message.tool_calls and state["steps"] <= STEPS + 1 else END


def _after_act(state: State) -> str | list[Send]:
    return [Send("approve", {"asked": asked}) for asked in state["asks"]] or "respond"


def _with_facts(message: AnyMessage, facts: Mapping[str, Any]) -> HumanMessage:
    return HumanMessage(message.content, id=message.id, additional_kwargs={**message.additional_kwargs, **facts})


def _instructions(state: State, context: TurnContext) -> SystemMessage:
    person = next(message for message in state["messages"] if isinstance(message, HumanMessage))
    passages = [
        f"[{number}] {passage['kind']} {passage['id']} ({passage['date'] or 'no date'}): {passage['passage']}"
        for number, passage in enumerate(state["passages"], 1)
    ]
    times = (person.additional_kwargs["understanding"] or {}).get("times") or ()
    return SystemMessage(
        prompts.assistant(
            name=context.profile.name,
            today=context.now.strftime("%A, %d %B %Y, %H:%M"),
            zone=context.profile.zone,
            facts="\n".join(f"{phrase!r} means {words}" for phrase, words in times),
            passages="\n".join(passages),
        )
    )


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


def _asked(ask: Ask, context: TurnContext, message_id: str, tool_call_id: str, tool: str) -> Asked:
    return {
        "id": approval_id(context.thread_id, message_id, tool_call_id),
        "message_id": message_id,
        "tool_call_id": tool_call_id,
        "tool": tool,
        "arguments": ask.arguments,
        "question": ask.question,
        "expires_at": (context.now + APPROVAL_LASTS).isoformat(),
    }


def _unknown(name: str) -> Result:
    return {"summary": f"There is no tool called {name!r}.", "action_id": None, "items": []}


def _number(result: Result, passages: list[dict[str, Any]]) -> None:
    """Add what a tool found to the turn's passages; its markers go on counting after those before."""
    for passage in result.get("passages", []):
        passages.append(passage)
        passage["marker"] = len(passages)


async def _answer(result: Result, call: Call, context: TurnContext) -> ToolMessage:
    """Store and tell what a tool said, as a message."""
    content = json.dumps(result, ensure_ascii=False, default=str)
    message = ToolMessage(content, tool_call_id=call.tool_call_id, name=call.tool, id=f"res_{call.tool_call_id}")
    await context.threads.append([_stored(message, (), call.message_id, context)])
    get_stream_writer()(ToolAnswered(str(message.id), message.tool_call_id, message.text))
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


def _citations(answer: AIMessage, passages: Sequence[dict[str, Any]]) -> tuple[Citation, ...]:
    """Those of this turn's passages that the answer used: named by the offline model, or by `[n]` in a model's text."""
    named = answer.response_metadata.get("citations")
    if named is not None:
        wanted = [(citation["kind"], str(citation["id"])) for citation in named]
        found = {(passage["kind"], passage["id"]): passage for passage in reversed(passages)}
        used = [found[key] for key in wanted if key in found]
    else:
        used = [passage for number, passage in enumerate(passages, 1) if f"[{number}]" in answer.text]
    return tuple(
        Citation(kind=passage["kind"], id=passage["id"], title=passage["title"], passage=passage["passage"])
        for passage in used
    )
