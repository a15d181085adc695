"""The caller's profile over REST."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field

from domain.errors import Invalid
from domain.people import Profile, checked_zone
from protocols.auth import Caller
from protocols.fields import Body, Name
from storage.people import Profiles

router = APIRouter(prefix="/me", tags=["me"])


class ProfileChange(Body):
    """The body of `PATCH /me`; `week_start` counts from Monday = 0."""

    name: Annotated[Name, Field(min_length=1)] | None = None
    zone: Name | None = None
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")] | None = None
    week_start: Annotated[int, Field(ge=0, le=6)] | None = None


@router.get("")
async def get(profile: Caller) -> dict[str, Any]:
    """Who the credential says you are."""
    return shape(profile)


@router.patch("")
async def change(request: Request, profile: Caller, changes: ProfileChange) -> dict[str, Any]:
    """Change zone, locale, the week's first day, or the name."""
    fields = changes.given()
    for name, value in fields.items():
        if value is None:
            raise Invalid(name, "cannot be null; leave it out to keep it.")
    if "zone" in fields:
        checked_zone(fields["zone"])
    if not fields:
        return shape(profile)
    profiles_of: Callable[[UUID], Profiles] = request.app.state.profiles_of
    return shape(await profiles_of(profile.user_id).change(**fields))


def shape(profile: Profile) -> dict[str, Any]:
    """A profile on the wire."""
    return {
        "id": str(profile.user_id),
        "name": profile.name,
        "zone": profile.zone,
        "locale": profile.locale,
        "week_start": profile.week_start,
    }
