"""Who is calling: the credential alone decides, and nothing else can name a person."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request

from agent.turn import Agent
from domain.errors import Denied
from domain.keys import PREFIX, hash_of
from domain.people import LOCAL_USER, Profile

LOOPBACK = re.compile(r"127(\.\d{1,3}){3}")


@dataclass(frozen=True, kw_only=True)
class Door:
    """How a credential becomes a person; `app.state.door`."""

    auth: Literal["none", "keys"]
    user_of_key: Callable[[bytes], Awaitable[UUID | None]]
    profile_of: Callable[[UUID], Awaitable[Profile]]

    async def admit(self, request: Request) -> Profile:
        """The caller's profile; raises `Denied`."""
        if self.auth == "none":
            if _comes_by_a_foreign_name(request.url.hostname or ""):
                raise Denied("Without keys this server answers only as localhost; open it by that name.")
            return await self.profile_of(LOCAL_USER)
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key.startswith(PREFIX):
            raise Denied
        user_id = await self.user_of_key(hash_of(key))
        if user_id is None:
            raise Denied("This key is not known here, or was revoked.")
        return await self.profile_of(user_id)


def _comes_by_a_foreign_name(host: str) -> bool:
    # A page elsewhere can let its own domain point to 127.0.0.1 and would then be let in as the local user.
    return "." in host and not LOOPBACK.fullmatch(host) and not host.endswith(".localhost")


async def caller(request: Request) -> Profile:
    """The dependency of every route that touches a person's data."""
    door: Door = request.app.state.door
    return await door.admit(request)


async def agent(request: Request) -> Agent:
    """The one agent of the process."""
    found: Agent = request.app.state.agent
    return found


Caller = Annotated[Profile, Depends(caller)]
TheAgent = Annotated[Agent, Depends(agent)]
