"""A tool: one act the model may ask for, with typed arguments and one kind of answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.actions import Action, Call
from domain.errors import MetaCortexError, Unavailable
from tools.context import TurnContext

BATCH = 100
MALFORMED = "malformed"
"""Stands on the item of a call that was wrong in itself."""
UNREADABLE = "unreadable"
"""The only argument of a call whose arguments were no JSON object: what came instead."""
Item = dict[str, Any]


class Result(TypedDict):
    """`summary` can be said to the person as it is; `items` hold one answer each; `passages` are what may be cited.

    `total` counts what was found where `items` may hold only the first of it. Of a summary, `points` are its parts,
    each with its passages counted from 0, `tasks` its action items as `add_tasks` takes them, and `suggested` what an
    untagged note might be called and tagged.
    """

    summary: str
    action_id: str | None
    items: list[Item]
    passages: NotRequired[list[dict[str, Any]]]
    total: NotRequired[int]
    points: NotRequired[list[dict[str, Any]]]
    tasks: NotRequired[list[dict[str, Any]]]
    suggested: NotRequired[dict[str, Any]]


class Arguments(BaseModel):
    """The ground of all tools' arguments: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What the person must say yes to; `arguments` name everything by id: exactly what a yes will do."""

    question: str
    arguments: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Tool:
    """`run` may raise errors of the family, `invoke` makes them an answer; `ask` says whether approval is needed."""

    name: str
    arguments: type[BaseModel]
    run: Callable[[TurnContext, Call, Any], Awaitable[Result]]
    ask: Callable[[TurnContext, Any], Awaitable[Ask | None]] | None = None
    writes: bool = True

    @property
    def description(self) -> str:
        """What the model reads: the docstring of `run`, unindented."""
        return " ".join((self.run.__doc__ or "").split())

    def schema(self) -> dict[str, Any]:
        """The tool in the function format of OpenAI, `$defs` inlined, titles and nulls dropped."""
        drawn = self.arguments.model_json_schema()
        parameters = _plain(drawn, drawn.get("$defs", {}))
        parameters.pop("description", None)
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }

    async def asks(self, context: TurnContext, arguments: Mapping[str, Any]) -> Ask | None:
        """The question to put before acting; None where none is needed or where the call will be refused anyway."""
        if self.ask is None:
            return None
        try:
            return await self.ask(context, self.arguments.model_validate(dict(arguments)))
        except Unavailable:
            # Not knowing what would be deleted is no leave to delete it.
            raise
        except (ValidationError, MetaCortexError):
            return None

    async def invoke(self, context: TurnContext, call: Call) -> Result:
        """Do it; wrong arguments and broken rules are answers too, and then nothing was changed.

        Raises `Unavailable` where it is not known whether it was done: the same call again finds out.
        """
        try:
            return await self.run(context, call, self.arguments.model_validate(dict(call.arguments)))
        except Unavailable:
            raise
        except ValidationError as error:
            return malformed(_sentence(error))
        except MetaCortexError as error:
            return refused(error.message)


def refused(problem: str) -> Result:
    """Nothing was done, and why."""
    return Result(summary=problem, action_id=None, items=[{"ok": False, "id": None, "error": problem}])


def malformed(problem: str) -> Result:
    """Nothing was done because the call itself is wrong, whatever the person wants: whoever called may mend it."""
    return Result(summary=problem, action_id=None, items=[{"ok": False, "id": None, "error": problem, MALFORMED: True}])


def result_of(action: Action) -> Result:
    """What the ledger holds as the answer; without changes there is no action to undo."""
    return Result(
        summary=str(action.result["summary"]),
        action_id=str(action.id) if action.changes else None,
        items=[dict(item) for item in action.result["items"]],
    )


def _sentence(error: ValidationError) -> str:
    if any(detail["loc"] == (UNREADABLE,) for detail in error.errors(include_url=False)):
        return "arguments: are no JSON object; send the call again, whole and as JSON."
    problems = []
    for detail in error.errors(include_url=False)[:5]:
        field = ".".join(str(part) for part in detail["loc"]) or "arguments"
        if detail["type"] == "extra_forbidden":
            problems.append(f"{field}: this tool has no such argument; leave it out.")
        elif detail["type"] == "missing":
            problems.append(f"{field}: is missing; give it.")
        elif detail["type"] == "too_long":
            most, given = (detail["ctx"][name] for name in ("max_length", "actual_length"))
            problems.append(f"{field}: {given} are more than {most} at once; give fewer, then the rest.")
        else:
            problems.append(f"{field}: {detail['msg'][:1].lower()}{detail['msg'][1:]}.")
    return " ".join(problems)


def _plain(node: Any, defs: Mapping[str, Any], *, names: bool = False) -> Any:
    """The schema with references replaced; among the keys of `properties` (`names`), 'title' is a name."""
    if isinstance(node, list):
        return [_plain(child, defs) for child in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and not names:
        node = {**defs[node["$ref"].rsplit("/", 1)[1]], **{key: value for key, value in node.items() if key != "$ref"}}
    if not names and "anyOf" in node:
        node = _without_null(node)
    dropped = () if names else ("title", "$defs")
    return {
        key: _plain(value, defs, names=key == "properties" and not names)
        for key, value in node.items()
        if key not in dropped
    }


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in node["anyOf"] if kind.get("type") != "null"]
    rest = {key: value for key, value in node.items() if key != "anyOf" and not (key == "default" and value is None)}
    return {**kinds[0], **rest} if len(kinds) == 1 else {"anyOf": kinds, **rest}
