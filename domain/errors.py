"""The family of errors, each with a default message a person can act on.

MetaCortexError
├── NotFound          nothing of this person's has that name or id
├── Invalid           an input is wrong: names the field and the cure
├── RuleBroken        the request contradicts a rule of the domain
├── Conflict          somebody changed it meanwhile
│   └── Busy          another run is answering in the thread, and somebody reads it
├── Denied            the caller is not known or not allowed
└── Unavailable       something we stand on cannot be used: says the cure
"""


class MetaCortexError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)

    @property
    def message(self) -> str:
        """The sentence for the person or the model; never a stack, a path or a secret."""
        return str(self.args[0])


class NotFound(MetaCortexError):
    """There is no such thing among yours."""


class Invalid(MetaCortexError):
    """The input is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class RuleBroken(MetaCortexError):
    """The request contradicts a rule of the domain."""


class Conflict(MetaCortexError):
    """It was changed meanwhile; read it again and repeat."""


class Busy(Conflict):
    """Another run is answering in this thread."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"Run {run_id!r} is still answering in this thread; wait for it or cancel it.")
        self.run_id = run_id


class Denied(MetaCortexError):
    """Send a valid key as `Authorization: Bearer mcx_…`."""


class Unavailable(MetaCortexError):
    """Something this server stands on cannot be used."""
