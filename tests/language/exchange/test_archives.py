"""Archives: what is taken from a zip, whoever packed it, and what is not."""

import io
import zipfile

import pytest

from domain.errors import Invalid
from domain.imports import File, Problem
from language.exchange.archives import opened


@pytest.fixture
def unpacked():
    """The format of a zip of these, its files by path, and its problems."""

    def unpack(files, packing=zipfile.ZIP_DEFLATED):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", packing) as archive:
            for path, text in files:
                archive.writestr(path, text)
        size = written.tell()
        written.seek(0)
        upload = opened(written, name="x.zip", size=size)
        texts = list(upload.texts())
        files = {text.path: text for text in texts if isinstance(text, File)}
        return upload.format, files, [text.problem for text in texts if isinstance(text, Problem)]

    return unpack


def test_a_vault_begins_where_obsidian_says(unpacked):
    files = [("My vault/.obsidian/app.json", "{}"), ("My vault/a.md", "a"), ("My vault/b/c.MARKDOWN", "c")]

    assert list(unpacked(files)[1]) == ["a.md", "b/c.MARKDOWN"]


def test_what_programs_keep_for_themselves_is_passed_over(unpacked):
    files = [("a.md", "a"), ("__MACOSX/._a.md", "?"), (".trash/b.md", "b"), ("c/.hidden.md", "c"), ("d.pdf", "d")]

    assert list(unpacked(files)[1]) == ["a.md"]


@pytest.mark.parametrize(
    ("files", "format"),
    [
        ([("a.md", "a"), ("b.csv", "x,y"), ("c.ics", "")], "vault"),
        ([("Home.csv", "TYPE,CONTENT,PRIORITY\n")], "todoist"),
        ([("x/Habits.csv", "Position,Name,Type\n001,Read,YES_NO\n")], "loop"),
        ([("a.ics", "BEGIN:VCALENDAR"), ("b.txt", "")], "icalendar"),
    ],
)
def test_what_program_a_zip_is_from(files, format, unpacked):
    assert unpacked(files)[0] == format


def test_letters_are_one_however_they_are_composed(unpacked):
    assert list(unpacked([("u\u0308ber.md", "")])[1]) == ["über.md"]


def test_what_is_no_text_is_told_and_the_rest_is_taken(unpacked):
    _, files, problems = unpacked([("a.md", b"\xff\xfe\x00"), ("b.md", b"\xc3("), ("c.md", b"\xef\xbb\xbfc\x00!")])

    assert files["c.md"].text == "c!"
    assert problems == ["It is not text in UTF-8."] * 2


def test_a_path_that_is_there_twice_is_taken_once(unpacked):
    with pytest.warns(UserWarning, match="Duplicate"):
        _, files, problems = unpacked([("a.md", "first"), ("a.md", "second")])

    assert files["a.md"].text == "first" and len(problems) == 1


def test_a_rare_packing_is_refused(unpacked):
    with pytest.raises(Invalid, match="rare way"):
        unpacked([("a.md", "a")], packing=zipfile.ZIP_BZIP2)


def test_a_zip_that_lies_about_its_sizes_breaks_off(unpacked):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", "x" * 5_000)
    lying = written.getvalue().replace((5_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(Invalid, match="breaks off"):
        list(opened(io.BytesIO(lying), name="x.zip", size=len(lying)).texts())


def test_a_locked_zip_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.md", "x")
    content = bytearray(written.getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(Invalid, match="password"):
        opened(io.BytesIO(bytes(content)), name="x.zip", size=len(content))
