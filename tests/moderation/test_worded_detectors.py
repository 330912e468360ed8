# SPDX-License-Identifier: Apache-2.0
"""Selling, instructing and harm: minimal pairs, places, links. How well they do is measured by the suites."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.core.crisis.tiers import Tier
from bots.moderation.crisis.assess import assess
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.harm import Harm
from bots.moderation.detectors.instructing import Instructing
from bots.moderation.detectors.registry import DETECTORS
from bots.moderation.detectors.selling import Selling
from bots.moderation.detectors.wording import SURE_OF_WEIGHT
from bots.moderation.grammar import likeliest, understood
from bots.moderation.grammar.tables import LANGUAGES
from bots.moderation.passages.passage import Field
from bots.moderation.passages.reading import passage
from bots.moderation.watching.respond import CLEAR_FROM, TOLD_FROM

KNOWN = frozenset({"samaritans.org", "diabetes.org.uk"})
ANYWHERE = Setting(now=datetime(2026, 5, 4, tzinfo=UTC), known=KNOWN)
NEW_HERE = Setting(now=datetime(2026, 5, 4, tzinfo=UTC), known=KNOWN, new_here=True)


def names(detector, text, setting=ANYWHERE):
    return {finding.detector for finding in detector.find(passage(text), setting)}


@pytest.mark.parametrize(
    ("detector", "text", "twin", "name"),
    [
        (Harm(), "kill yourself", "he told me to kill yourself, imagine", "harm.abuse"),
        (Harm(), "you are such an idiot", "im such an idiot", "harm.abuse"),
        (Harm(), "eating 400 calories a day", "eating 1800 calories a day", "harm.numbers"),
        (Harm(), "300 calories today", "breakfast was 300 calories", "harm.numbers"),
        (Harm(), "k i l l y o u r s e l f", "t h a n k y o u", "harm.abuse"),
        (Harm(), "anyone want to die together", "anyone want to cook together", "harm.pact"),
        (Harm(), "want to die with me?", "want to cook with me?", "harm.pact"),
        (Selling(), "ozempic 4 sale", "ozempic 4 weeks", "selling.medicines"),
        (Selling(), "whatsapp +44 20", "line 12 was late", "selling.elsewhere"),
        (Instructing(), "stop your insulin", "please dont stop your insulin", "instructing.treatment"),
        (Instructing(), "take 20 units now", "I took 20 units now and slept", "instructing.dose"),
        (Instructing(), "you clearly have lupus", "do you have lupus too?", "instructing.diagnosis"),
        (Selling(), "selling unopened pens", "someone was selling pens, what a scam", "selling.medicines"),
        (Selling(), "message me on telegram", "I read about it on telegram", "selling.elsewhere"),
        (Selling(), "a miracle cure for you", "there is no miracle cure", "selling.cure"),
    ],
)
def test_what_one_word_changes(detector, text, twin, name):
    assert name in names(detector, text)
    assert name not in names(detector, twin)


@pytest.mark.parametrize(
    ("language", "detector", "text", "twin", "name"),
    [
        ("de", Instructing(), "setz das insulin ab", "setz das insulin nicht ab", "instructing.treatment"),
        ("fr", Harm(), "qui veut mourir avec moi", "qui veut manger avec moi", "harm.pact"),
        ("fr", Selling(), "ozempic à vendre", "une maison à vendre", "selling.medicines"),
        ("es", Selling(), "tengo ozempic a buen precio", "tengo pan a buen precio", "selling.medicines"),
        ("pt", Selling(), "tenho ozempic baratinho", "tenho pão baratinho", "selling.medicines"),
    ],
)
def test_what_one_word_changes_in_other_languages(language, detector, text, twin, name):
    there = replace(ANYWHERE, languages=(language,))
    assert name in names(detector, text, there)
    assert name not in names(detector, twin, there)


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("https://samaritans.org/help", None),
        ("https://www.diabetes.org.uk/insulin", None),
        ("https://samar1tans.org", "selling.lookalike"),
        ("http://samaritans-help.example.com/chat", "selling.lookalike"),
        ("https://samaritаns.org", "selling.lookalike"),  # a Cyrillic letter
        ("https://xn--smaritans-0yh.org", "selling.lookalike"),  # the same, as browsers send it
        ("https://sarnaritans.org", "selling.lookalike"),
        ("https://samaritens.org", "selling.lookalike"),
        ("https://samaritans.com", "selling.lookalike"),
        ("samaritans.org.help-now.com", "selling.lookalike"),
        ("diabetes-org-uk.com", "selling.lookalike"),
        ("https://d1abetes.org.uk", "selling.lookalike"),
        ("https://diabetes.co.uk", None),
        ("https://www.reversediabetes.com", None),
        ("my samaritans.pdf", None),
        ("t(.)me/curegroup", "selling.invite"),
        ("hxxps://t.me/curegroup", "selling.invite"),
        ("discord [dot] gg/abc", "selling.invite"),
        ("gofundme . com/f/help", "selling.fundraising"),
        ("t.me", "selling.invite"),
        ("forms.gle/abc", "selling.research"),
        ("chat.whatsapp.com/AbCd", "selling.invite"),
        ("https://www.gofundme.com/f/help", "selling.fundraising"),
        ("https://shop.example.com/?ref=anna", "selling.advert"),
        ("https://en.wikipedia.org/wiki/Insulin", None),
    ],
)
def test_where_a_link_leads(link, kind):
    assert names(Selling(), f"look here {link} please") == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("link", "held"),
    [
        ("https://samar1tans.org", True),
        ("https://samaritens.org", False),
        ("https://samaritans-help.example.com", False),
        ("t.me/x", False),
        ("gofundme.com/f/x", True),
    ],
)
def test_of_a_newcomers_link_only_what_is_surely_meant_to_mislead_or_to_sell_is_clear(link, held):
    (usual,) = Selling().find(passage(link), ANYWHERE)
    (new,) = Selling().find(passage(link), NEW_HERE)
    assert usual.confidence < new.confidence
    assert (new.confidence >= CLEAR_FROM) is held


def test_a_finding_says_where_and_which_guideline():
    (one,) = Harm().find(passage("well. Ｋill yourself, then", Field.CAPTION), ANYWHERE)
    assert "well. Ｋill yourself, then"[one.start : one.end] == "Ｋill yourself"
    assert (one.guideline, one.field) == ("kind", Field.CAPTION)


def test_what_a_newcomer_offers_weighs_more():
    (usual,) = Selling().find(passage("selling unopened pens"), ANYWHERE)
    (new,) = Selling().find(passage("selling unopened pens"), NEW_HERE)
    assert new.confidence > usual.confidence


def test_what_is_aimed_at_people_is_no_cry_and_a_pact_is_for_a_person_to_decide():
    assert assess((passage("kys"),), ANYWHERE).tier is Tier.ABUSE
    assert assess((passage("the lethal dose of that is easy to get"),), ANYWHERE).tier is Tier.UNSAFE
    assert assess((passage("anyone want to ctb together"),), ANYWHERE).tier is Tier.UNSAFE
    assert assess((passage("anyone want to ctb together, im doing it tonight"),), ANYWHERE).tier is Tier.IMMEDIATE


UNKNOWN = "what you describe is nothing but a thyroid that has gone wild, believe me"


def test_what_no_rule_knows_is_weighed_and_said_to_be():
    assert Instructing().by_rule(passage(UNKNOWN), ANYWHERE) == ()
    (one,) = Instructing().find(passage(UNKNOWN), NEW_HERE)
    assert (one.detector, one.guideline, one.weighed) == ("instructing.diagnosis", "experience", True)
    assert TOLD_FROM <= one.confidence == SURE_OF_WEIGHT < CLEAR_FROM - 0.3


@pytest.mark.parametrize(
    ("detector", "language", "text", "twin", "name"),
    [
        (
            Selling(),
            "de",
            "schick 20 bekomm 60, viermal schon ausgezahlt, los gehts",
            "schick dir ein bild, vier mal schon gelacht heute, los gehts",
            "selling.offer",
        ),
        (
            Selling(),
            "es",
            "quien quiera ganar un dinerito desde su casa que me pregunte",
            "quien quiera venir el sábado a comer a casa que traiga postre",
            "selling.offer",
        ),
        (
            Instructing(),
            "fr",
            "arrête ce traitement de malheur et fais la cure dont je te parle",
            "ce traitement de malheur, on me parle encore d'une cure cet été",
            "instructing.treatment",
        ),
        (
            Harm(),
            "pt",
            "voce e patetico vindo chorar aqui toda noite",
            "que bom te ver aqui toda noite, hoje eu nem dormi de tanto calor",
            "harm.abuse",
        ),
    ],
)
def test_what_no_rule_knows_is_weighed_in_each_language(detector, language, text, twin, name):
    setting = Setting(now=datetime(2026, 5, 4, tzinfo=UTC), languages=(language,))

    assert detector.by_rule(passage(text), setting) == ()
    assert name in names(detector, text, setting)
    assert names(detector, twin, setting) == set()


def test_what_may_be_in_two_languages_is_weighed_in_the_one_that_knows_most_of_its_words():
    parses = understood(passage("I follow a nurse on insta"), LANGUAGES)

    assert len(parses) > 1
    assert likeliest(parses).language == likeliest(parses[::-1]).language == "en"


def test_what_is_weighed_is_shown_at_the_sentence_that_weighs_most():
    said = f"Hi all. {UNKNOWN}"
    (one,) = Instructing().find(passage(said), ANYWHERE)
    assert said[one.start : one.end] == UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        f'"{UNKNOWN}" is what she wrote to me',
        "what the doctors describe is a thyroid that has gone wild, believe it or not",
        "cantamos una canción muy bonita en casa de mi abuela",
    ],
)
def test_what_is_quoted_ones_own_or_in_a_language_that_nobody_weighed_is_none(text):
    assert Instructing().find(passage(text), ANYWHERE) == ()


def test_a_files_name_is_not_weighed():
    assert Instructing().find(passage(UNKNOWN, Field.FILENAME), ANYWHERE) == ()


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("SELLING_UNOPENED_PENS.jpg", {"selling.medicines"}),
        ("kill yourself.png", {"harm.abuse"}),
        ("take 20 units now.pdf", set()),  # so are leaflets called
        ("WhatsApp Image 2026-01-01 at 10.20.30.jpeg", set()),
        ("telegram-cloud-photo-size-4.jpg", set()),
        ("signal-2026-11-25-120000.jpeg", set()),
        ("diabetes.pdf", set()),
        ("samaritans.pdf", set()),
    ],
)
def test_a_files_name_is_read_by_rules(name, kinds):
    found = [each for one in DETECTORS for each in one.find(passage(name, Field.FILENAME), NEW_HERE)]
    assert {each.detector for each in found} == kinds


def test_the_words_of_a_link_weigh_nothing_and_those_beside_it_do():
    said = f"https://a.example/x {UNKNOWN} b.example/y"
    (one,) = Instructing().weighed(passage(said), ANYWHERE, [(0, 19), (len(said) - 11, len(said))])
    assert UNKNOWN in said[one.start : one.end]
    assert Instructing().weighed(passage(said), ANYWHERE, [(0, 3), (5, 40), (40, len(said))]) == ()


@pytest.mark.parametrize("text", ["a.com ", "1 ", "t(.)", "a . com ", "a-b.org/c "])
def test_no_text_takes_longer_than_its_length(text):
    said = passage((text * 65_000)[:65_000])
    began = time.process_time()
    Selling().find(said, ANYWHERE)
    assert time.process_time() - began < 1.5


def test_where_a_rule_finds_something_nothing_is_weighed():
    found = Instructing().find(passage(f"stop your insulin. {UNKNOWN}"), ANYWHERE)
    assert not any(each.weighed for each in found)
    assert found


def test_what_is_only_weighed_as_harm_is_no_tier_of_a_cry():
    said = "schizos should be in a zoo with the other animals, you filthy creature"
    (one,) = Harm().find(passage(said), ANYWHERE)
    assert one.weighed
    assert assess((passage(said),), ANYWHERE).tier is Tier.NONE
