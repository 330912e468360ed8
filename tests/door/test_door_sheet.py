# SPDX-License-Identifier: Apache-2.0
"""Codes on paper: the PDF has each of them, to read and to scan; the command makes them good."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta

import pytest
import segno
from click.testing import CliRunner

from bots.cli import main
from bots.cli.codes import lasting, make_codes
from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.sorry import Sorry
from bots.door.codes import Codes, read_code
from bots.door.sheet import _BORDER, _QR, link, sheet
from fakes.door_scene import CATALOGUE, CONFIG, START
from fakes.installation import write_installation

ADDRESS = "https://door.kith.example"
RECTANGLE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f")


def pages(pdf):
    """What is drawn on each page."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    drawn = [zlib.decompress(each) for each in streams if each.startswith(b"x")]
    return [each for each in drawn if b" re" in each]


def text_of(page):
    return b" ".join(re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", page)).decode("latin-1")


def made(count):
    codes = [f"abcd-efgh-{n:04}".translate(str.maketrans("01", "zy")) for n in range(count)]
    return codes, sheet(codes, ADDRESS, START + timedelta(days=30), CATALOGUE, "en")


def test_every_code_is_to_be_read_ten_on_a_page():
    codes, pdf = made(23)
    found = pages(pdf)
    assert len(found) == 3
    for number, page in enumerate(found):
        here = codes[number * 10 : number * 10 + 10]
        assert re.findall(r"\w{4}-\w{4}-\w{4}", text_of(page)) == here
    assert "door.kith.example" in text_of(found[0])
    assert "December 25, 2026" in text_of(found[0]).replace("  ", " ")


def test_every_square_leads_to_the_door_with_its_code():
    codes, pdf = made(2)
    (page,) = pages(pdf)
    found = [tuple(map(float, each)) for each in RECTANGLE.findall(page)]
    # Points to millimetres; what is left of the middle is the first card's.
    left = [each for each in found if each[0] < 595 / 2]
    matrix = [list(row) for row in segno.make(link(ADDRESS, codes[0]), micro=False, error="m").matrix]
    module = _QR * 72 / 25.4 / (len(matrix) + 2 * _BORDER)
    x0, y0 = min(each[0] for each in left), max(each[1] for each in left)
    drawn = [[0] * len(matrix) for _ in matrix]
    for x, y, width, _ in left:
        row, start = round((y0 - y) / module), round((x - x0) / module)
        for column in range(start, start + round(width / module)):
            drawn[row][column] = 1
    assert drawn == matrix
    assert link(ADDRESS, codes[0]) == f"{ADDRESS}/?code={codes[0]}"


def test_what_a_plain_font_can_not_show_does_not_stop_it():
    from bots.core.language import Catalogue

    english = CATALOGUE.entries["en"] | {"door.sheet.title": "Код – “come in”"}
    (page,) = pages(sheet(["abcd-efgh-jkmn"], ADDRESS, START, Catalogue({"en": english}, "en"), "en"))
    assert '??? - "come in"' in text_of(page)


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("2w", 14), ("12h", 0.5), ("365d", 365)])
def test_a_time_is_read(text, days):
    assert lasting(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-1d", "366d", "1y", "99999d"])
def test_what_is_no_time_is_told(text):
    with pytest.raises(Sorry, match="hours, days or weeks"):
        lasting(text)


@pytest.fixture
def config(tmp_path):
    def write(**door):
        settings = {"address": ADDRESS, "accounts": "synapse", "account": "@door:kith.example"} | door
        return write_installation(tmp_path, server="kith.example", community=str(CONFIG), door=settings)

    return write


async def good(config, codes, now=None):
    from datetime import UTC, datetime

    async with open_database(load_deployment(config)) as store:
        return [await Codes(store).is_good(read_code(code), now or datetime.now(UTC)) for code in codes]


async def test_codes_on_a_sheet_are_good_and_only_the_sheet_has_them(config, tmp_path):
    file, pdf = config(), tmp_path / "sheet.pdf"
    codes, until = await make_codes(file, 12, 1, timedelta(days=30), pdf=pdf, language=None)
    printed = " ".join(text_of(page) for page in pages(pdf.read_bytes()))
    assert re.findall(r"\w{4}-\w{4}-\w{4}", printed) == codes
    assert len(set(codes)) == 12
    assert await good(file, codes) == [True] * 12
    assert await good(file, codes[:1], until) == [False]
    kept = b"".join(each.read_bytes() for each in (tmp_path / "state").iterdir())
    assert not any(code.encode() in kept or read_code(code).encode() in kept for code in codes)


async def test_a_sheet_that_can_not_be_written_leaves_no_codes(config, tmp_path):
    with pytest.raises(OSError, match="directory"):
        await make_codes(config(), 1, 1, timedelta(days=1), pdf=tmp_path / "nowhere" / "s.pdf", language=None)
    assert not (tmp_path / "state").exists()


async def test_a_door_that_takes_none_says_so(config):
    with pytest.raises(Sorry, match="takes no codes"):
        await make_codes(config(invites="off"), 1, 1, timedelta(days=1), pdf=None, language=None)


def test_the_command_prints_codes_or_writes_a_sheet(config, tmp_path):
    file = str(config())
    lines = CliRunner().invoke(main, ["codes", "--config", file, "--count", "3", "--uses", "2", "--expires", "1w"])
    assert lines.exit_code == 0, lines.output
    assert len(lines.output.split()) == 3
    assert all(map(read_code, lines.output.split()))
    wrong = CliRunner().invoke(main, ["codes", "--config", file, "--expires", "soon"])
    assert wrong.exit_code == 1
    assert "hours, days or weeks" in wrong.output
