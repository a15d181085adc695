"""What happens in a turn, as values; a run tells them in rising numbers and ends with exactly one terminal event."""

from dataclasses import dataclass

from domain.model_calls import Usage
from domain.runs import Approval
from domain.threads import Citation


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first event of every run."""

    thread_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class TextStarted:
    """The assistant begins to speak."""

    message_id: str


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A piece of what the assistant says, to be appended."""

    message_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class TextEnded:
    """The message is complete."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ReasoningStarted:
    """The model begins to think aloud before it says that message; its thoughts are told and not kept."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ReasoningArrived:
    """A piece of its thoughts, to be appended."""

    message_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class ReasoningEnded:
    """The thoughts before that message are complete."""

    message_id: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The assistant begins to call a tool; `message_id` is the message that the call belongs to."""

    tool_call_id: str
    tool: str
    message_id: str


@dataclass(frozen=True, slots=True)
class ToolArgumentsArrived:
    """A piece of the call's arguments as JSON text, to be appended."""

    tool_call_id: str
    delta: str


@dataclass(frozen=True, slots=True)
class ToolCallEnded:
    """The call's arguments are complete."""

    tool_call_id: str


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """What the tool said, as the JSON text the model reads; `message_id` is the new tool message."""

    message_id: str
    tool_call_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Cited:
    """The passages that a complete message used, in the order of its markers."""

    message_id: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What an abandoned attempt thought and said in that message, its calls too, open or not, is taken back.

    None of it acted.
    """

    message_id: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something to hear beside the answer: a budget runs low, another model answered; `kind` is for programs."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Terminal: the turn is complete.

    `model` gave the answer (`openai:gpt-5-mini`; empty where none did), `usage` is what each model took in this run.
    """

    thread_id: str
    run_id: str
    model: str = ""
    usage: tuple[tuple[str, Usage], ...] = ()


@dataclass(frozen=True, slots=True)
class RunPaused:
    """Terminal: the turn waits for these approvals; a new run of the thread brings the answers."""

    thread_id: str
    run_id: str
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class RunCancelled:
    """Terminal: the person stopped the turn."""

    thread_id: str
    run_id: str


@dataclass(frozen=True, slots=True)
class RunFailed:
    """Terminal: `message` is for the person, `code` for programs."""

    message: str
    code: str


Terminal = RunFinished | RunPaused | RunCancelled | RunFailed
Event = (
    RunStarted
    | TextStarted
    | TextArrived
    | TextEnded
    | ReasoningStarted
    | ReasoningArrived
    | ReasoningEnded
    | ToolCallStarted
    | ToolArgumentsArrived
    | ToolCallEnded
    | ToolAnswered
    | Cited
    | Withdrawn
    | Noticed
    | Terminal
)
TERMINAL = (RunFinished, RunPaused, RunCancelled, RunFailed)
