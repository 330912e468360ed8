# SPDX-License-Identifier: Apache-2.0
"""Every sentence that a bot says, and every guideline, against the rules in `fakes.copy_rules`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bots.core.language import Catalogue, Entry, placeholders, shipped_words
from bots.core.settings import load_community
from fakes import copy_phrases, copy_rules, reading

ROOT = Path(__file__).parents[2]
FILES = sorted(file for folder in (*shipped_words(), ROOT / "config/words") for file in folder.glob("*.yaml"))
CODE = sorted((ROOT / "bots").rglob("*.py"))
TEMPLATES = sorted((ROOT / "bots").rglob("*.html"))


@cache
def entries(file: Path) -> dict[str, Entry]:
    mistakes: list = []
    found = Catalogue.read([file.parent], [file.stem], mistakes)
    assert mistakes == []
    return found.get(file.stem, {})


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_what_a_bot_says_is_kind_plain_and_renders(file):
    assert list(copy_rules.of_one_catalogue(entries(file), file.stem)) == []


def test_a_translation_says_the_same_things():
    for file in (f for f in FILES if f.stem != "en" and "config" not in f.parts):
        assert list(copy_rules.of_a_translation(entries(file), entries(file.with_stem("en")))) == [], file


def test_the_guidelines_are_kind_plain_and_without_markup():
    complaints = []
    community = load_community(ROOT / "config")
    for item in community.guidelines.items:
        assert item.text.keys() == item.why.keys() == set(community.languages)
        assert not item.reminder or item.reminder.keys() == item.text.keys()
        for language, text in (*item.text.items(), *item.why.items(), *item.reminder.items()):
            complaints += [f"{item.id} in {language} {found}" for found in copy_rules.of_a_text(text, language)]
            complaints += [f"{item.id} in {language} has markup"] if re.search(r"[*_`\[\]]", text) else []
    assert complaints == []


def test_the_example_library_and_helplines_give_no_orders_and_promise_nothing():
    community = load_community(ROOT / "config")
    library = [(entry.id, texts) for entry in community.library for texts in (entry.title, entry.summary)]
    lines = [(line.id, line.what_happens) for country in community.countries for line in country.helplines]
    said = [(name, code, text) for name, texts in (*library, *lines) for code, text in texts.items()]
    assert [f"{name} {found}" for name, code, text in said for found in copy_rules.kind_words(text, code)] == []


def test_no_sentence_stands_in_two_catalogues():
    seen: dict[str, Path] = {}
    for file in (f for f in FILES if f.stem == "en" and f.parent != ROOT / "config/words"):
        for key in entries(file):
            assert key not in seen, f"{key} is in {file} and in {seen[key]}"
            assert key.startswith(f"{file.parent.parent.name}."), f"{key} is not named after its folder"
            seen[key] = file


@dataclass(frozen=True)
class Said:
    """A sentence that code asks for: a pattern of its key, and the parameters given (None: not all are literals)."""

    key: str
    params: frozenset[str] | None


GAP = r"[a-z0-9_.]+"


def patterns(node: ast.AST) -> Iterator[str]:
    """What a text written in code may be: a constant as it is, an f-string with a gap for each value."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else GAP for v in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)


def given(call: ast.Call) -> frozenset[str] | None:
    """The names of the parameters: of `Words(key, {...})`, or of `.words(key, name=...)`."""
    names: list[str | None] = [keyword.arg for keyword in call.keywords if keyword.arg != "language"]
    for argument in call.args[1:2]:
        if not isinstance(argument, ast.Dict):
            return None
        names += [key.value if isinstance(key, ast.Constant) else None for key in argument.keys]
    return None if None in names else frozenset(name for name in names if name)


def said(tree: ast.AST, folder: str) -> Iterator[Said]:
    """What is said with `Words("bot.key", ...)`, a command's `help=`, and a bot's own `x.words("key", ...)`."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        match call.func:
            case ast.Name(id="Words") if call.args:
                yield from (Said(pattern, given(call)) for pattern in patterns(call.args[0]))
            case ast.Attribute(attr="words") if call.args:
                yield from (Said(rf"{folder}\.{pattern}", given(call)) for pattern in patterns(call.args[0]))
            case ast.Name(id="command"):
                helps = [keyword.value for keyword in call.keywords if keyword.arg == "help"]
                yield from (Said(pattern, frozenset()) for node in helps for pattern in patterns(node))
            case _:
                pass


ASKED = re.compile(r"""\b(?:say|text|plain)\((["'])(?P<key>[a-z0-9_.]+)\1(?P<params>(?:, \w+=\w+)*)\)""")


def said_in_a_template(text: str) -> Iterator[Said]:
    """What a page says: with `say("key", name=value)`, or with `text` or `plain`."""
    for call in ASKED.finditer(text):
        yield Said(re.escape(call["key"]), frozenset(re.findall(r"(\w+)=", call["params"])))


def asked_for(file: Path) -> Iterator[Said]:
    return (
        said_in_a_template(file.read_text())
        if file.suffix == ".html"
        else said(ast.parse(file.read_text()), folder_of(file))
    )


@cache
def shipped() -> dict[str, Entry]:
    files = (file for file in FILES if file.stem == "en" and "config" not in file.parts)
    return {key: entry for file in files for key, entry in entries(file).items()}


def folder_of(file: Path) -> str:
    """Whose words the code in a file says: those of the nearest folder that has a catalogue, or of its bot."""
    own = (parent.name for parent in file.parents if (parent / "words").is_dir())
    return next(own, file.relative_to(ROOT / "bots").parts[0])


@pytest.mark.parametrize("file", [*CODE, *TEMPLATES], ids=named)
def test_every_sentence_that_code_asks_for_is_there_with_all_it_needs(file):
    words = shipped()
    for ask in asked_for(file):
        keys = [key for key in words if re.fullmatch(ask.key, key)]
        assert keys, f"no catalogue has {ask.key}"
        for key in keys if GAP not in ask.key and ask.params is not None else ():
            assert placeholders(words[key]).keys() <= ask.params, f"{key} is not told all that it says"


def test_every_sentence_in_a_catalogue_is_asked_for():
    used: set[str] = set()
    words = shipped()
    for file in CODE:
        tree, folder = ast.parse(file.read_text()), folder_of(file)
        texts = {pattern for node in ast.walk(tree) for pattern in patterns(node)}
        texts |= {rf"{folder}\.{text}" for text in texts}
        # A pattern that is nothing but a gap after the bot's name would allow for everything.
        gaps = [re.compile(text) for text in texts if GAP in text and "." in text.replace(GAP, "")]
        gaps = [pattern for pattern in gaps if pattern.pattern != rf"{folder}\.{GAP}"]
        own = (key for key in words if key.startswith(f"{folder}."))
        used |= {key for key in own if re.escape(key) in texts or any(p.fullmatch(key) for p in gaps)}
    templates = {key for file in TEMPLATES for ask in asked_for(file) for key in words if re.fullmatch(ask.key, key)}
    assert words.keys() - used - templates == set()


# The rules themselves: each is seen to complain, and to leave good sentences in peace.

GOOD = (
    "I'm a bot. There is no hurry: write **later**, any day, and we go on from here.",
    "Tap ✅, or write **yes**.",
    "Write `!find gluten free travel`.",
    "Two lines: example.org and example.com.",
)
BAD = {
    "You should call your doctor.": "you should",
    "I know how you feel.": "i know how you feel",
    "Don’t **worry** about it.": "don't worry",
    "At\nleast you tried.": "at least",
    "Welcome to the group!": "exclamation",
    "STOP THAT RIGHTAWAY": "shouts",
    "See a.org, b.org, c.org, https://d.example": "4 places",
    "Tap ✅ if that is fine.": "✅",
    "The aforementioned administrative determination necessitates authorisation preceding participation.": "reads",
}


@pytest.mark.parametrize("text", GOOD)
def test_a_good_sentence_is_left_in_peace(text):
    assert list(copy_rules.of_one_catalogue({"x.y": text}, "en")) == []


@pytest.mark.parametrize("text", BAD)
def test_a_bad_sentence_is_found(text):
    complaints = list(copy_rules.of_one_catalogue({"x.y": text}, "en"))
    assert any(BAD[text] in complaint for complaint in complaints), complaints


BAD_ELSEWHERE = {
    ("es", "Deberías llamar a tu médica."): "deberías",
    ("es", "Ya verás que *todo mejora*."): "todo mejora",
    ("es", "¡Hola!"): "exclamation",
    ("es", "Usted puede leer."): "usted",
    ("es", "La implementación de procedimientos administrativos requiere autorizaciones institucionales."): "reads",
    ("fr", "Tu devrais l'appeler."): "tu devrais",
    ("fr", "Ça va aller."): "ça va aller",
    ("fr", "Voici votre salon."): "votre",
    ("fr", "L'établissement administratif nécessite une autorisation préalable de participation volontaire."): "reads",
    ("de", "Du solltest anrufen."): "du solltest",
    ("de", "Es wird besser."): "es wird besser",
    ("de", "Hier können Sie lesen."): "Sie",
    (
        "de",
        "Die Verwaltungsvorschriften erfordern Bestätigungen sämtlicher Organisationen vor der Veranstaltung.",
    ): "reads",
    ("pt", "Você deve ligar."): "você deve",
    ("pt", "Isso vai passar."): "vai passar",
    ("pt", "Bem-vindo ao grupo."): "bem-vindo",
    ("pt", "A participação necessita autorização administrativa antecipada das organizações responsáveis."): "reads",
}


@pytest.mark.parametrize(("language", "text"), BAD_ELSEWHERE, ids=lambda text: text[:30])
def test_a_bad_sentence_is_found_in_every_language(language, text):
    complaints = list(copy_rules.of_one_catalogue({"x.y": text}, language))
    assert any(BAD_ELSEWHERE[language, text] in complaint for complaint in complaints), complaints


def test_every_language_has_its_phrases_and_its_reading_age():
    spoken = {file.stem for file in FILES if "config" not in file.parts}
    assert spoken == copy_phrases.BANNED.keys() == reading.MEASURES.keys()


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"one": "{name} has a day", "other": "{count} days"}, "other things"),
        ({"other": "{count} days"}, "plural forms"),
        ("{a:colour}", "unknown style"),
        ("{Name}", "brace"),
        ("", "says nothing"),
    ],
)
def test_a_sentence_that_would_not_render_is_found(entry, complaint):
    assert any(complaint in found for found in copy_rules.of_one_catalogue({"x.y": entry}, "en"))


def test_a_translation_that_says_something_else_is_found():
    english = {"a": "{name}", "b": "x", "d": "{w:date}", "e": "Tap ✅ or write **yes**."}
    complaints = set(copy_rules.of_a_translation({"a": "{nom}", "c": "x", "d": "{w}", "e": "Écris **oui**."}, english))
    assert complaints == {
        "d differs in placeholders: ['w']",
        "e differs in buttons: [[], ['✅']]",
        "a differs in placeholders: ['name', 'nom']",
        "b is not translated",
        "c is not in English",
    }


def test_what_code_says_is_found():
    source = """
Words("a.b" if x else "a.c", {"n": 1}), Words(f"a.{kind}.d", params), Words(key), self.say.words("e", m=2, language=x)
@command("x", help="h.x")
class X: ...
"""
    assert set(said(ast.parse(source), "bot")) == {
        Said(r"a\.b", frozenset({"n"})),
        Said(r"a\.c", frozenset({"n"})),
        Said(rf"a\.{GAP}\.d", None),
        Said(r"bot\.e", frozenset({"m"})),
        Said(r"h\.x", frozenset()),
    }


def test_what_a_page_says_is_found():
    template = """{{ say("a.b", name=own) }} <a title="{{ plain('a.c') }}">{{ text("a.d", x=y, z=w) }}</a>"""
    assert set(said_in_a_template(template)) == {
        Said(r"a\.b", frozenset({"name"})),
        Said(r"a\.c", frozenset()),
        Said(r"a\.d", frozenset({"x", "z"})),
    }
