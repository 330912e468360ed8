# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.core.actions import Param, Words
from bots.core.documents import SettingsError
from bots.core.language import Catalogue, Entry, placeholders, shipped_words, spoken

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def say(text: Entry, language: str = "en", **params: Param):
    others = {"item": "An *item*", "two": "One.\n\nTwo."}
    return Catalogue({language: {"it": text, **others}}, language).render(Words("it", params), language)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def tags(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser


def test_the_body_has_no_markers_and_the_html_has_the_tags():
    done = say("**Hello**, *you*: `!help`\n\n- one\n- two\n\n1. first\n2. second")
    assert done.body == "Hello, you: !help\n\n• one\n• two\n\n1. first\n2. second"
    assert done.html == (
        "<p><strong>Hello</strong>, <em>you</em>: <code>!help</code></p>"
        "<ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol>"
    )


def test_a_line_end_is_a_line_end():
    done = say("one\ntwo")
    assert (done.body, done.html) == ("one\ntwo", "<p>one<br>two</p>")


def test_a_link_is_readable_aloud_and_only_where_it_is_written():
    done = say("[the site](https://example.org/a?b=1&c=2), <https://example.org>, https://bare.example")
    assert done.body == "the site (https://example.org/a?b=1&c=2), https://example.org, https://bare.example"
    assert [attrs["href"] for tag, attrs in tags(done.html).seen if tag == "a"] == [
        "https://example.org/a?b=1&c=2",
        "https://example.org",
    ]


def test_a_parameter_never_becomes_markup():
    hostile = "**bold** <b>x</b> [x](https://evil.example) `code` {name} &amp; _em_\n- item"
    done = say("Hello {name}.", name=hostile)
    assert done.body == f"Hello {hostile}."
    assert [tag for tag, _ in tags(done.html).seen] == ["p", "br"]


@given(value=st.text())
def test_no_parameter_adds_a_tag(value):
    template = "**{a}** [{a}]({a}) `{a}` <https://example.org/{a}>\n\n- {a}"
    seen = tags(say(template, a=value).html).seen
    assert {tag for tag, _ in seen} <= {"p", "strong", "a", "code", "br", "ul", "li"}
    for tag, attrs in seen:
        assert set(attrs) <= {"href"}
        if tag == "a":
            assert re.match(r"(?i)https?://|mailto:", attrs["href"] or "")


@given(value=st.text())
def test_the_body_shows_a_parameter_as_it_is_but_for_what_hides_or_reorders(value):
    body = say("<{a}>", a=value).body
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f]", body)
    kept = re.sub("[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f\ue000\ue001]", "", value)
    if "\r" not in value:
        assert body.replace("\u2060", "") == "<" + kept.replace("\u2060", "") + ">"


@given(template=st.lists(st.sampled_from([*"*_`[]()<>#!\\-+1. \n\t&;>~|", "a", "{x}", "https://a.org", "<b>", "```"])))
def test_no_sentence_of_an_organiser_breaks_the_rendering_or_brings_its_own_tags(template):
    done = say("".join(template), x="<i>")
    seen = tags(done.html).seen
    assert not re.search("[\ue000\ue001]", done.body + done.html)
    assert {tag for tag, _ in seen} <= {
        "p",
        "br",
        "strong",
        "em",
        "code",
        "pre",
        "a",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h4",
        "hr",
    }


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "https://matrix.to/#/@ana:b.org", "https://matrix.to/#/%40ana:b", ""],
)
def test_an_address_that_is_none_or_names_a_person_becomes_no_link(address):
    assert "<a" not in say("[here]({url})", url=address).html


def test_an_address_can_be_a_parameter_whole_or_in_part():
    done = say("[here]({url}) [there](https://example.org/{part})", url="https://a.org/?q=1&r=2", part="a b/../c")
    hrefs = [attrs["href"] for tag, attrs in tags(done.html).seen if tag == "a"]
    assert hrefs == ["https://a.org/?q=1&r=2", "https://example.org/a%20b%2F..%2Fc"]


def test_half_a_character_from_a_strange_client_is_left_out():
    assert say("[a{a}](https://example.org/{a})", a="x\ud800y").body == "axy (https://example.org/xy)"


def test_the_whole_room_is_not_called_by_a_parameter():
    assert "@room" not in say("{a}", a="@room").body


def test_sentences_go_into_sentences():
    assert say("See: {it}.", it=Words("item")).html == "<p>See: An <em>item</em>.</p>"
    assert say("See:\n{it}\nGood.", it=Words("two")).body == "See:\n\nOne.\n\nTwo.\n\nGood."


def test_a_tuple_on_its_own_line_is_a_list_and_within_a_line_an_enumeration():
    pair = (Words("item"), Words("item"))
    assert say("All:\n{them}", them=pair).body == "All:\n\n• An item\n• An item"
    assert (
        say("All:\n{them}", them=pair).html == "<p>All:</p><ul><li>An <em>item</em></li><li>An <em>item</em></li></ul>"
    )
    assert say("All: {them}.", them=pair).body == "All: An item and An item."
    assert say("{them}", them=()).body == ""


def test_plurals_follow_the_language():
    polish = {"one": "{count} osoba", "few": "{count} osoby", "many": "{count} osób", "other": "{count} osoby"}
    said = [say(polish, "pl", count=n).body for n in (1, 2, 5)]
    assert said == ["1 osoba", "2 osoby", "5 osób"]


def test_numbers_times_and_durations_follow_the_language_and_the_zone():
    assert say("{n}", "de", n=12345).body == "12.345"
    assert say("{n:id}", "de", n=12345).body == "12345"
    assert say("{w:date}", "de", w=NOON).body == "23. November 2026"
    assert say("{w:date}", w="2026-11-23").body == "November 23, 2026"
    assert say("{s:duration}", "de", s=7200).body == "2 Stunden"
    catalogue = Catalogue({"en": {"it": "{w:time}", "full": "{w}"}}, "en")
    tokyo = ZoneInfo("Asia/Tokyo")
    assert catalogue.render(Words("it", {"w": NOON}), "en", tokyo).body.startswith("21:00")
    assert catalogue.render(Words("full", {"w": NOON}), "en-GB").body == "23 November 2026, 12:00 UTC"


@pytest.mark.parametrize(
    ("language", "day", "moment", "while_"),
    [
        ("es", "23 de noviembre de 2026", "23 de noviembre de 2026, 12:00 UTC", "2 horas"),
        ("fr", "23 novembre 2026", "23 novembre 2026, 12:00 TU", "2\u00a0heures"),
        ("de", "23. November 2026", "23. November 2026, 12:00 UTC", "2 Stunden"),
        ("pt", "23 de novembro de 2026", "23 de novembro de 2026, 12:00 UTC", "2 horas"),
    ],
)
def test_days_moments_and_durations_read_as_in_the_language(language, day, moment, while_):
    assert say("{w:date}", language, w=NOON).body == day
    assert say("{w}", language, w=NOON).body == moment
    assert say("{s:duration}", language, s=7200).body == while_


@pytest.mark.parametrize(("language", "form"), [("es", "one"), ("fr", "one"), ("de", "one"), ("pt", "one")])
def test_one_is_said_as_one_and_a_million_as_the_language_does(language, form):
    forms = {"one": "one", "many": "many", "other": "other"}
    assert say(forms, language, count=1).body == form
    assert say(forms, language, count=5).body == "other"
    assert say(forms, language, count=1_000_000).body == ("other" if language == "de" else "many")


def test_the_language_is_the_sentence_s_own_then_the_place_s_then_the_default_s_then_english():
    catalogue = Catalogue(
        {"en": {"a": "en", "b": "en", "c": "en"}, "de": {"a": "de", "b": "de"}, "pt": {"a": "pt"}}, "de"
    )
    assert catalogue.render(Words("a", language="pt"), "de").body == "pt"
    assert catalogue.render(Words("a"), "pt-BR").body == "pt"
    assert catalogue.render(Words("b"), "pt").body == "de"
    assert catalogue.render(Words("c"), "pt").body == "en"


def test_a_region_that_is_none_is_passed_over():
    assert Catalogue({"en": {"a": "{n}"}}, "en").render(Words("a", {"n": 1234}), "en-QX").body == "1,234"


def test_what_is_not_known_is_a_key_error():
    with pytest.raises(KeyError):
        say("{a}")
    with pytest.raises(KeyError):
        Catalogue({}, "en").render(Words("nothing"), "en")


def test_sentences_without_parameters_are_rendered_once():
    catalogue = Catalogue({"en": {"a": "*a*"}}, "en")
    assert catalogue.render(Words("a"), "en") is catalogue.render(Words("a"), "en")


def test_folders_are_merged_and_the_organiser_wins_key_by_key(tmp_path: Path):
    for name, text in (("x", "a: A\nb: B"), ("y", "c: C")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "en.yaml").write_text(text)
    catalogue = Catalogue.load([tmp_path / "x", tmp_path / "y"], ["en"], {"en": {"b": "Ours"}})
    assert catalogue.entries == {"en": {"a": "A", "b": "Ours", "c": "C"}}


@pytest.mark.parametrize("text", ["a: [x]", "a: {one: x}", "a: {other: x, some: y}", "- a", "a:", "a: x\na: y"])
def test_a_catalogue_that_is_none_says_where(tmp_path: Path, text):
    (tmp_path / "en.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"en\.yaml:\d+:\d+: "):
        Catalogue.load([tmp_path], ["en"])


ENGLISH = "a: A {x}\nb: {one: b, other: b b}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: A {x}", r"es\.yaml:1:1: `b` is missing"),
        ("a: A\nb: {one: b, other: b b}", r"es\.yaml:1:4: `a` and its English differ in {x}"),
        ("b: {one: b, other: b b}\na: A {x} {y}", r"es\.yaml:2:4: `a` and its English differ in {y}"),
        ("a: A {x:date}\nb: {one: b, other: b b}", r"es\.yaml:1:4: `a` and its English differ in {x}"),
        (
            "a: A {x}\nb: {one: b, other: b b}\nbb: c",
            r"es\.yaml:3:1: The bots say nothing called `bb`. Did you mean `b`",
        ),
    ],
)
def test_a_catalogue_is_whole_or_it_says_where_it_is_not(tmp_path: Path, text, said):
    (tmp_path / "en.yaml").write_text(ENGLISH)
    (tmp_path / "es.yaml").write_text(text)
    with pytest.raises(SettingsError, match=said) as raised:
        Catalogue.load([tmp_path], ["es"])
    assert len(raised.value.mistakes) == 1


def test_a_region_stands_on_its_language(tmp_path: Path):
    (tmp_path / "en.yaml").write_text("a: A")
    (tmp_path / "pt.yaml").write_text("a: Ah")
    assert Catalogue.load([tmp_path], ["pt-BR"]).render(Words("a"), "pt-BR").body == "Ah"


def test_a_room_s_own_words_go_before_all_others_in_the_same_language():
    catalogue = Catalogue({"en": {"a": "{it}", "b": "b"}, "es": {"b": "es"}}, "en", {"lobby": {"en": {"b": "ours"}}})
    nested = Words("a", {"it": Words("b")})
    assert catalogue.render(nested, "en", place="lobby").body == "ours"
    assert catalogue.render(Words("b"), "en", place="lobby").body == "ours"
    assert catalogue.render(Words("b"), "en").body == "b"
    assert catalogue.render(Words("b"), "es", place="lobby").body == "es"


def test_the_languages_spoken_are_those_of_every_folder(tmp_path: Path):
    for name in ("x/en", "x/es", "x/de", "y/en", "y/es"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.yaml").write_text("a: A")
    assert spoken([tmp_path / "x", tmp_path / "y"]) == ("en", "es")


def test_placeholders_are_found_in_all_plural_forms():
    assert placeholders("{a} {{b}} {c:date}") == {"a": "", "c": "date"}
    assert placeholders({"one": "{a}", "other": "{b}"}) == {"count": "", "a": "", "b": ""}


def test_the_shipped_folders_are_found():
    assert {folder.parent.name for folder in shipped_words()} >= {"core"}
