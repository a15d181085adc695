"""Server-sent events read by hand: bytes as they come in, the data of whole frames out."""

import json
from typing import Any

import orjson

LONGEST_BYTES = 16 * 1024 * 1024
"""A frame that grows beyond this is no frame of a model's answer."""


class Frames:
    """Splits a stream at any byte into the data of its frames; raises `ValueError` where a frame never ends."""

    def __init__(self) -> None:
        self._rest = b""
        self._skips_newline = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of the frames that end in this piece; comments and frames without data are left out."""
        if self._skips_newline or b"\r" in piece:
            piece = self._with_plain_newlines(piece)
        *frames, self._rest = (self._rest + piece).split(b"\n\n")
        if len(self._rest) > LONGEST_BYTES:
            raise ValueError(f"a frame of more than {LONGEST_BYTES} bytes")
        return [data for frame in frames if (data := _data(frame)) is not None]

    def end(self) -> list[bytes]:
        """The data of a last frame that no blank line ended; whether it is whole, only its reader can tell."""
        data = _data(self._rest)
        self._rest = b""
        return [] if data is None else [data]

    def _with_plain_newlines(self, piece: bytes) -> bytes:
        """Lines may end in CR LF, LF or CR; a CR LF may be cut in two."""
        if self._skips_newline and piece.startswith(b"\n"):
            piece = piece[1:]
        self._skips_newline = piece.endswith(b"\r") or (self._skips_newline and not piece)
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _data(frame: bytes) -> bytes | None:
    if frame.startswith(b"data: ") and b"\n" not in frame:
        return frame[6:]
    lines = [line[5:].removeprefix(b" ") for line in frame.split(b"\n") if line.startswith(b"data:") or line == b"data"]
    return b"\n".join(lines) if lines else None


def loaded(data: bytes) -> Any:
    """The JSON of a frame; raises `ValueError`. What Python reads and the fast reader does not is still read."""
    try:
        return orjson.loads(data)
    except ValueError:
        return json.loads(data)
