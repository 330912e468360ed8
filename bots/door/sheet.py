# SPDX-License-Identifier: Apache-2.0
"""A sheet of invite codes to cut up and hand out. Pure: codes in, a PDF out.

A card says where to go and what to type, and nothing of what it is for: it may be found on a kitchen table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode, urlsplit

import segno
from fpdf import FPDF

from bots.core.actions import Words
from bots.core.language import Catalogue

# Millimetres on A4: two cards in a row, five rows.
_COLUMNS, _ROWS = 2, 5
_WIDTH, _HEIGHT = 210 / _COLUMNS, 297 / _ROWS
_MARGIN, _QR = 8.0, 36.0
_BORDER = 4
# What the fonts that every reader of PDF has can't show.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def link(address: str, code: str) -> str:
    """Where a code's QR leads."""
    return f"{address}/?{urlencode({'code': code})}"


def sheet(codes: Sequence[str], address: str, until: datetime, catalogue: Catalogue, language: str) -> bytes:
    """A PDF with a card for each code, ten on a page."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_lang(language)
    title = _text(catalogue, Words("door.sheet.title"), language)
    where = urlsplit(address).netloc
    how = _text(catalogue, Words("door.sheet.how", {"address": where, "until": until}), language)
    pdf.set_title(title)
    pdf.set_creator("Kithroom")
    for number, code in enumerate(codes):
        place = number % (_COLUMNS * _ROWS)
        if place == 0:
            pdf.add_page()
        row, column = divmod(place, _COLUMNS)
        _card(pdf, column * _WIDTH, row * _HEIGHT, title, how, code, link(address, code))
    return bytes(pdf.output())


def _card(pdf: FPDF, x: float, y: float, title: str, how: str, code: str, leads: str) -> None:
    pdf.set_draw_color(160)
    pdf.set_line_width(0.1)
    pdf.rect(x, y, _WIDTH, _HEIGHT)
    pdf.set_fill_color(0)
    size, dark = _dark(leads)
    module = _QR / size
    for left, top, width in dark:
        pdf.rect(x + _MARGIN / 2 + left * module, y + _MARGIN + top * module, width * module, module, style="F")
    text_x, text_width = x + _MARGIN + _QR, _WIDTH - _QR - 1.5 * _MARGIN
    pdf.set_xy(text_x, y + _MARGIN)
    pdf.set_font("Helvetica", style="B", size=11)
    pdf.multi_cell(text_width, 5, title, align="L", new_x="LEFT", new_y="NEXT")
    pdf.set_xy(text_x, pdf.get_y() + 1)
    pdf.set_font("Courier", style="B", size=14)
    pdf.multi_cell(text_width, 7, code, align="L", new_x="LEFT", new_y="NEXT")
    pdf.set_xy(text_x, pdf.get_y() + 1)
    pdf.set_font("Helvetica", size=8)
    pdf.multi_cell(text_width, 3.6, how, align="L", new_x="LEFT", new_y="NEXT")


def _dark(content: str) -> tuple[int, Iterator[tuple[int, int, int]]]:
    """The code's size, its border included, and its dark runs: left, top, width."""
    rows = [bytes(row) for row in segno.make(content, micro=False, error="m").matrix]

    def runs() -> Iterator[tuple[int, int, int]]:
        for top, row in enumerate(rows):
            left = 0
            while (left := row.find(1, left)) >= 0:
                end = row.find(0, left)
                width = (len(row) if end < 0 else end) - left
                yield left + _BORDER, top + _BORDER, width
                left += width

    return len(rows) + 2 * _BORDER, runs()


def _text(catalogue: Catalogue, words: Words, language: str) -> str:
    plain = catalogue.render(words, language).body.translate(_PLAIN)
    return plain.encode("latin-1", "replace").decode("latin-1")
