"""Keys: what they look like, and the hash by which alone they are known."""

import secrets
from hashlib import sha256

PREFIX = "mcx_"


def new_key() -> str:
    """A key that nobody can guess."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> bytes:
    """What is stored of a key."""
    return sha256(key.encode()).digest()
