"""Pieces of tool calls put to the calls they belong to, also where a server numbers them badly or not at all."""

import json

from graphs.pieces import CallArguments, CallBegun, Piece


class _Call:
    def __init__(self, index: int, id: str) -> None:
        self.index = index
        self.id = id
        self.has_name = False
        self.arguments: list[str] = []


class Fragments:
    """Knows the calls of one answer; each keeps its index, counted from 0 in the order in which they began."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._at: dict[object, _Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def take(self, *, index: object, id: str | None, name: str | None, arguments: object) -> list[Piece]:
        """A fragment: some servers leave out the index, give all calls the same, repeat id and name with each
        fragment, or send the arguments as an object."""
        call = self._call(index, id or "", name or "")
        pieces: list[Piece] = []
        text = arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments)
        if text:
            call.arguments.append(text)
        if name and not call.has_name:
            call.has_name = True
            pieces.append(CallBegun(call.index, name))
            text = "".join(call.arguments)
        if text and call.has_name:
            pieces.append(CallArguments(call.index, text))
        return pieces

    def end(self) -> list[Piece]:
        """Calls that never got a name: whoever reads them says that there is no such tool."""
        pieces: list[Piece] = []
        for call in self._calls:
            if not call.has_name:
                pieces += [CallBegun(call.index, ""), CallArguments(call.index, "".join(call.arguments))]
        return pieces

    def _call(self, index: object, id: str, name: str) -> _Call:
        known = self._known(index, id, name)
        if known is None or (name and self._begins_another(known, id)):
            known = _Call(len(self._calls), id)
            self._calls.append(known)
        known.id = known.id or id
        if index is not None:
            self._at[index] = known
        return known

    def _known(self, index: object, id: str, name: str) -> _Call | None:
        # Where several calls have one index, only the id tells them apart.
        same_id = next((call for call in self._calls if id and call.id == id), None)
        if same_id or index is not None:
            return same_id or self._at.get(index)
        return self._calls[-1] if self._calls and not (id and name) else None

    @staticmethod
    def _begins_another(known: _Call, id: str) -> bool:
        """A name under the index of a call before it; some servers make up a new id for each fragment, without name."""
        if id and known.id:
            return id != known.id
        try:
            return bool(known.arguments) and isinstance(json.loads("".join(known.arguments)), dict)
        except ValueError:
            return False
