# SPDX-License-Identifier: Apache-2.0
"""The library as a spreadsheet, as JSON, as a feed, and MedlinePlus' topics as drafts of entries."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bots.core.library import Audience, Evidence, Kind, Resource
from bots.core.settings import load_community
from bots.resources.exchange import (
    Draft,
    UnreadableError,
    drafts_of,
    from_csv,
    from_health_topics,
    from_json,
    to_csv,
    to_json,
    to_rss,
    to_yaml,
)

EXAMPLE = Path(__file__).parents[2] / "config"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
FLYING = Resource(
    id="flying",
    title={"en": "Flying, with insulin", "de": "Fliegen"},
    summary={"en": "How to fly."},
    text={"en": "1. Sit.\n2. Fly."},
    source={"en": "Us"},
    kind=Kind.COPING_CARD,
    languages=("en", "de"),
    countries=("gb", "ie"),
    conditions=("type-1-diabetes",),
    topics=("travel",),
    audience=(Audience.CARERS,),
    keywords=("airport", "plane"),
    evidence=Evidence.EXPERIENCE,
    review_by=date(2027, 1, 1),
    reviewed=date(2026, 1, 1),
    reviewed_by="Ana",
)

TOPICS = """<?xml version="1.0"?>
<health-topics total="3">
  <health-topic title="Asthma" url="https://medlineplus.gov/asthma.html" id="1" language="English" meta-desc="Air.">
    <also-called>Bronchial asthma</also-called>
    <full-summary>&lt;h3&gt;What is asthma?&lt;/h3&gt;&lt;p&gt;Asthma is a disease of the lungs.
      It &amp;amp; others last.&lt;/p&gt;</full-summary>
  </health-topic>
  <health-topic title="Asma" url="https://medlineplus.gov/spanish/asthma.html" language="Spanish" meta-desc="De asma.">
    <language-mapped-topic id="1" language="English">Asthma</language-mapped-topic>
  </health-topic>
  <health-topic title="Lupus" url="https://medlineplus.gov/lupus.html" id="3" language="English" meta-desc="Of lupus."/>
</health-topics>
"""

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)


def said(drafts):
    return [dict(draft.values) for draft in drafts]


def as_kept(tmp_path, text):
    """What the loader of the community makes of a file."""
    for name in ("guidelines", "helplines"):
        (tmp_path / name).symlink_to(EXAMPLE / name)
    for name in ("community.yaml", "topics.yaml"):
        (tmp_path / name).symlink_to(EXAMPLE / name)
    (tmp_path / "library").mkdir()
    (tmp_path / "library/one.yaml").write_text(text, "utf-8")
    return load_community(tmp_path).library


def test_the_whole_example_goes_to_each_form_and_back():
    community = load_community(EXAMPLE)
    drafts = said(drafts_of(community.library))
    assert len(drafts) > 150
    assert said(from_json(to_json(community.library))) == drafts
    assert said(from_csv(to_csv(community.library, community.languages))) == drafts


def test_a_draft_is_a_file_of_the_library(tmp_path):
    text = to_yaml(drafts_of([FLYING]), "From a spreadsheet.")
    assert text.startswith(
        "# SPDX-License-Identifier: Apache-2.0\n# From a spreadsheet.\n\nresources:\n  - id: flying\n"
    )
    assert "    countries: [gb, ie]\n" in text
    assert as_kept(tmp_path, text) == (FLYING,)


@given(texts, texts)
def test_whatever_is_written_stays_text(title, keyword):
    entry = replace(FLYING, title={"en": title}, keywords=(keyword.replace(";", ",").strip(" ,") or "x",))
    (draft,) = drafts_of([entry])
    (kept,) = yaml.safe_load(to_yaml([draft]))["resources"]
    assert (kept["title"], kept["keywords"]) == (draft.values["title"], draft.values["keywords"])
    assert said(from_json(to_json([entry]))) == [dict(draft.values)]
    assert said(from_csv(to_csv([entry], ["en", "de"]))) == [dict(draft.values)]
    ET.fromstring(to_rss([entry], title=title, link="https://example.org", language="en", built=NOW))


@given(st.sampled_from("=+-@\t\r'"), texts)
def test_no_cell_is_a_formula(first, rest):
    entry = replace(FLYING, summary={"en": first + rest}, source={"en": first + rest})
    rows = list(csv.reader(io.StringIO(to_csv([entry], ["en"]))))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


HARMFUL = "=cmd|' /C calc'!A0"


@given(
    st.sampled_from("=+-@＝＋－＠\t"),
    st.sampled_from(["a;", "a; ", "a\n", "a;'", "a;''", ";", "a;b;  ", 'a;"', "a; \" '"]),
    texts,
)
def test_no_cell_is_a_formula_where_semicolons_part_cells_and_quotes_don_t(sign, before, rest):
    entry = replace(FLYING, source={"en": f"x{before}{sign}{rest}"}, text={"en": f"1. Sit.\n{HARMFUL};{HARMFUL}"})
    cells = re.split(r"[;\n\t]", to_csv([entry], ["en"]).replace("\r", "\n"))
    assert not [cell for cell in cells if cell.lstrip(' "').startswith(tuple("=+-@＝＋－＠"))]
    assert said(from_csv(to_csv([entry], ["en", "de"]))) == [dict(drafts_of([entry])[0].values)]


@pytest.mark.parametrize("part", [";", "\t"])
def test_a_table_whose_cells_a_semicolon_or_a_tab_parts_is_read_as_well(part):
    rows = [("id", "title", "languages"), ("flying", "Flying, far", '"en;de"')]
    (draft,) = from_csv("\n".join(part.join(row) for row in rows))
    assert draft.values == {"id": "flying", "title": "Flying, far", "languages": ["en", "de"]}


def test_a_column_without_a_language_and_a_spreadsheet_s_mark_are_understood():
    (draft,) = from_csv('title,id,languages,review_by,conditions\nFlying,flying,"en; de",2027-01-01,\n')
    assert draft == Draft(
        2, {"title": "Flying", "id": "flying", "languages": ["en", "de"], "review_by": date(2027, 1, 1)}
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        ("id,titel\n", "nothing is known of 'titel'"),
        ("id,title\na,b,c\n", "more cells than there are columns"),
        ('id,title\na,b\nc,"d\ne', "What comes after line 2 is not a row of a table"),
        ("id,title,title\na,b,c\n", "two columns called 'title'"),
    ],
)
def test_a_table_that_is_none_is_told(text, told):
    with pytest.raises(UnreadableError, match=told):
        from_csv(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "It is not JSON"),
        ("[" * 100_000, "It is not JSON"),
        ('{"resources": 3}', "a list of entries"),
        ('["a"]', "a list of entries"),
        ('{"version": 2, "resources": []}', "of version 2"),
    ],
)
def test_json_that_is_none_is_told(text, told):
    with pytest.raises(UnreadableError, match=told):
        from_json(text)


def test_medlineplus_topics_become_drafts():
    asthma, lupus = from_health_topics(TOPICS, date(2027, 6, 1))
    assert asthma.values["id"] == "medlineplus-asthma"
    assert asthma.values["summary"] == {"en": "What is asthma? Asthma is a disease of the lungs. It & others last."}
    assert asthma.values["keywords"] == ["Bronchial asthma"]
    assert lupus.values["summary"] == {"en": "Of lupus."}
    assert [draft.line for draft in from_health_topics(TOPICS, date(2027, 6, 1), only=["bronchial ASTHMA"])] == [1]


def test_a_topic_in_another_language_that_is_asked_for_says_what_it_is_in_the_default_one():
    (asma,) = from_health_topics(TOPICS, date(2027, 6, 1), only=["asma"])
    assert asma.values["id"] == "medlineplus-asma-es"
    assert asma.values["title"] == {"es": "Asma", "en": "Asthma (español)"}
    assert asma.values["summary"]["es"] == "De asma."
    assert asma.values["summary"]["en"].startswith("What is asthma?")
    assert asma.values["languages"] == ["es"]


def test_topics_come_in_the_community_s_language():
    (asma,) = from_health_topics(TOPICS, date(2027, 6, 1), default="es-MX")
    assert asma.values["title"] == {"es-MX": "Asma"}
    with pytest.raises(UnreadableError, match="a text in `de`"):
        from_health_topics(TOPICS, date(2027, 6, 1), default="de")


def test_their_file_names_its_dtd_which_nobody_fetches():
    head = '<!DOCTYPE health-topics PUBLIC "-//NLM//DTD health-topics //EN" "https://medlineplus.gov/xml/mplus_topics.dtd">'
    text = TOPICS.replace("<health-topics", f"{head}\n<health-topics", 1)
    assert from_health_topics(text, date(2027, 6, 1)) == from_health_topics(TOPICS, date(2027, 6, 1))


def test_a_topic_that_is_not_there_is_told():
    with pytest.raises(UnreadableError, match=r"no topic `Astma` in it\. Did you mean `asthma`"):
        from_health_topics(TOPICS, date(2027, 6, 1), only=["lupus", "Astma"])


def test_a_topic_is_an_entry_as_it_stands(tmp_path):
    (entry,) = as_kept(tmp_path, to_yaml(from_health_topics(TOPICS, date(2027, 6, 1), only=["Asthma"])))
    assert entry.url == "https://medlineplus.gov/asthma.html"
    assert entry.reviewed is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<health-topics>", "It is not XML"),
        ("<rss/>", "begins with `rss`"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><health-topics/>', "entities of its own"),
        ('<!DOCTYPE a SYSTEM "b"\n[%c;]><health-topics/>', "entities of its own"),
    ],
)
def test_xml_that_is_none_of_theirs_is_told(text, told):
    with pytest.raises(UnreadableError, match=told):
        from_health_topics(text, date(2027, 6, 1))


def test_a_feed_tells_the_last_reviewed_first():
    unread = replace(FLYING, id="unread", reviewed=None, reviewed_by=None, url="https://example.org/a?b&c")
    later = replace(FLYING, id="later", reviewed=date(2026, 5, 1))
    feed = ET.fromstring(
        to_rss([unread, FLYING, later], title="Ours", link="https://example.org/", language="de", built=NOW)
    )
    items = feed.findall("channel/item")
    assert [item.findtext("guid") for item in items] == ["later", "flying", "unread"]
    assert items[0].findtext("title") == "Fliegen"
    assert items[0].findtext("pubDate") == "Fri, 01 May 2026 00:00:00 +0000"
    assert items[2].findtext("link") == "https://example.org/a?b&c"
    assert items[2].find("pubDate") is None


def test_a_feed_of_a_community_without_a_page_leads_nowhere_and_not_to_an_address_that_is_none():
    card = replace(FLYING, url=None, text={"en": "Breathe."})
    page = replace(FLYING, id="page", url="https://example.org/a")
    feed = ET.fromstring(to_rss([card, page], title="Ours", link=None, language="en", built=NOW))
    assert feed.find("channel/link") is None
    assert [item.findtext("link") for item in feed.findall("channel/item")] == [None, page.url]
    assert [item.find("source") is None for item in feed.findall("channel/item")] == [True, False]


def test_a_card_leads_to_the_librarys_page():
    card = replace(FLYING, url=None, text={"en": "Breathe."})
    feed = ET.fromstring(to_rss([card], title="Ours", link="https://example.org/l/", language="en", built=NOW))
    assert feed.findtext("channel/item/link") == feed.findtext("channel/link") == "https://example.org/l/"
