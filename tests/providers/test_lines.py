"""The line to a provider: where it breaks, when it is used again, and who closes it."""

import asyncio
import shutil
import ssl
import subprocess
from contextlib import aclosing

import httpx2
import pytest

from agent.models.clients import HEADERS, socket_of
from tests.providers.wires import ASKED, HELLO, WIRES, WRITE, begun, heard, provider_of
from tests.providers.written import Script


class Line:
    """A server on a real socket that does to each request what it was told, and counts its connections."""

    def __init__(self, act, encryption=None):
        self._act = act
        self._encryption = encryption
        self.connections = 0
        self.closed = asyncio.Event()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._encryption)
        scheme = "https" if self._encryption else "http"
        self.address = f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                )
                await reader.readexactly(length)
                if not await self._act(writer):
                    break
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()
            self.closed.set()


def chunked(*frames, ends=True):
    """A whole HTTP answer that streams these frames."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"".join(b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames)
    return head + body + (b"0\r\n\r\n" if ends else b"")


@pytest.fixture(params=["aiohttp", "httpx2"])
def transport(request):
    """None is the transport that the product uses."""
    return None if request.param == "aiohttp" else httpx2.AsyncClient()


@pytest.fixture
def half_said(wire):
    """Says the first words of an answer, and no more."""

    async def act(writer):
        writer.write(chunked(*begun(wire), ends=False))
        return True

    return act


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("nobody listens", "unreachable"),
        ("hangs up at once", "unreachable"),
        ("never answers", "first_token_timeout"),
        ("head, then silence", "first_token_timeout"),
        ("words, then silence", "stalled"),
        ("words, then hangs up", "cut"),
        ("words, then a proper end", "cut"),
    ],
)
async def test_a_bad_line_has_a_kind_on_either_transport(transport, wire, fault, kind):
    frames = begun(wire)

    async def act(writer):
        match fault:
            case "hangs up at once":
                return False
            case "head, then silence":
                writer.write(chunked(ends=False))
            case "words, then silence":
                writer.write(chunked(*frames, ends=False))
            case "words, then hangs up":
                writer.write(chunked(*frames, ends=False))
                await writer.drain()
                return False
            case "words, then a proper end":
                writer.write(chunked(*frames))
        return True

    async with Line(act) as line:
        address = "http://127.0.0.1:9" if fault == "nobody listens" else line.address
        provider, client = provider_of(wire, address, transport, silence_seconds=0.3)
        pieces, failure = await heard(provider)
        await client.close()

    assert failure.kind == kind
    assert ("Hel" in pieces) == fault.startswith("words")


@pytest.mark.parametrize("wire", WIRES)
async def test_a_connection_whose_answer_was_read_to_its_end_is_used_again(transport, wire):
    async def act(writer):
        writer.write(chunked(*WRITE[wire](HELLO)))
        return True

    async with Line(act) as line:
        provider, client = provider_of(wire, line.address, transport)
        for _ in range(3):
            assert (await heard(provider))[1] is None
        await client.close()

    assert line.connections == 1


@pytest.mark.parametrize("wire", WIRES)
async def test_of_words_that_come_faster_than_pictures_several_are_one_piece(wire):
    words = [f"{number} " for number in range(40)]
    frames = WRITE[wire](Script(steps=[("text", None, word) for word in words]))

    async def act(writer):
        writer.write(chunked(ends=False))
        for frame in frames:
            writer.write(b"%x\r\n%b\r\n" % (len(frame), frame))
            await asyncio.sleep(0.003)
        writer.write(b"0\r\n\r\n")
        return True

    async with Line(act) as line:
        provider, client = provider_of(wire, line.address)
        pieces, failure = await heard(provider)
        await client.close()

    said = [piece for piece in pieces if isinstance(piece, str)]
    assert failure is None
    assert "".join(said) == "".join(words)
    assert said[0] == words[0] and len(said) < len(words)


@pytest.mark.parametrize("wire", WIRES)
async def test_the_socket_of_an_answer_is_its_own_until_it_is_closed(wire, half_said):
    async with Line(half_said) as line:
        _, client = provider_of(wire, line.address)
        head = await client.post("/x", cast_to=httpx2.Response, content=b"{}", options={"headers": HEADERS})
        assert socket_of(head).is_reading()
        await head.aclose()
        await client.close()

    assert socket_of(head) is None


@pytest.mark.parametrize("wire", WIRES)
async def test_who_stops_listening_closes_the_connection(transport, wire, half_said):
    async with Line(half_said) as line:
        provider, client = provider_of(wire, line.address, transport)
        async with aclosing(provider.stream(ASKED, most_tokens=100)) as pieces:
            assert await anext(pieces) == "Hel"
        await asyncio.wait_for(line.closed.wait(), 5)
        await client.close()


@pytest.mark.parametrize("wire", WIRES)
async def test_who_is_cancelled_closes_the_connection(transport, wire, half_said):
    async with Line(half_said) as line:
        provider, client = provider_of(wire, line.address, transport)
        listening = asyncio.create_task(heard(provider))
        await asyncio.sleep(0.2)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        await asyncio.wait_for(line.closed.wait(), 5)
        await client.close()


NEW_KEY = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"


@pytest.fixture
def encryption(tmp_path, monkeypatch):
    """A server's, by a certificate that clients trust."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    key, certificate = str(tmp_path / "key"), str(tmp_path / "certificate")
    subprocess.run([*NEW_KEY.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    servers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    servers.load_cert_chain(certificate, key)
    return servers


@pytest.mark.parametrize("wire", WIRES)
async def test_an_encrypted_answer_is_whole_where_the_provider_hangs_up_after_its_end(wire, encryption):
    uvloop = pytest.importorskip("uvloop")
    words = [f"{number} " for number in range(40)]
    frames = WRITE[wire](Script(steps=[("text", None, word) for word in words]))

    async def act(writer):
        writer.write(chunked(ends=False))
        for frame in frames:
            writer.write(b"%x\r\n%b\r\n" % (len(frame), frame))
            await asyncio.sleep(0.003)
        writer.write(b"0\r\n\r\n")
        # At once, and without waiting for the client to hang up too.
        writer.transport.abort()
        return False

    async def listen():
        provider, client = provider_of(wire, line.address)
        answer = await heard(provider)
        await client.close()
        return answer

    async with Line(act, encryption) as line:
        pieces, failure = await asyncio.to_thread(uvloop.run, listen())

    assert failure is None
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "".join(words)
