# SPDX-License-Identifier: Apache-2.0
"""What is written so that no machine reads it is read; what only looks like it, and what is everybody's, is left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bots.core.settings import load_community
from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity import Identity
from bots.moderation.passages.reading import passage
from bots.moderation.watching.known import known_of
from moderation.test_identity import NOON, found

DRESSED = {
    "phone": """
        call me on 0️⃣7️⃣7️⃣0️⃣0️⃣ 9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣
        my number 07700\n900\n123
        0*7*7*0*0*9*0*0*1*2*3 whatsapp me
        07700_900_123 thats me
        212•555•0176 text me
        call 077oo 9oo l23
        text me: zero seven seven zero zero, nine zero zero one two three
        \u202e321009 00770\u202c
    """,
    "email": """
        ana.silva[@]gmail[.]com
        ana dot silva at gmail dot com
        ana_silva at gmail
        ana.silva arroba empresa punto es
        ana.silva chez orange point fr
        ana.silva -at- mail -dot- org
        ana.silva 'at' clinic 'dot' net
        ana.silva_at_gmail.com
        ana.silva(ät)web.de
        e-mail: ana84 hotmail
        ana.silva @ clinic . org
        ana.silva @\ngmail.com
    """,
    "profile": """
        snap -> ana84
        ig👉 ana_silva84
        mon insta c'est ana_silva84
        i'm ana_silva84 on insta
        ana_silva84 is my insta
        ana.84 es mi insta
        fb com/ana.silva.84
        facebook . com / ana.silva.84
    """,
    "address": """
        hauptstr 12 köln
        rua das flores 123 apto 45
        12 r de la paix 69003 lyon
        calle mayor 12, 3º b
    """,
    "birth_date": """
        geboren am 3. April 1985
        nasci a 03-04-1985
        fecha nacimiento 03/04/1985
    """,
    "place": """
        lat 48.85837 lon 2.29448
        48,85837 2,29448
        N 48.85837 E 2.29448
    """,
}
TOLD = {
    "address": """
        45 W 23rd Street
        PO Box 1234
        apartado de correos 123
        Calle 72 # 10-34
        Springfield, IL 62704
        i live in springfield il 62704
        Mumbai - 400001
        pin code 400 001
        01310-100 São Paulo
        13083852 Campinas / SP
        Musterweg, 50667 Köln
        wohne in 50667 Köln
        my postcode is LS1 4AB
        D02 X285
        K1A 0B1
        Sydney, NSW 2000
        CDMX, 06600
        c.p. 06600
    """,
    "name": """
        I'm Dr. Mehta
        Sarah Johnson who works at the Royal
        Peter Miller, from my street
        Dr Anjali Mehta at the Royal
    """,
    "profile": """
        add me on snap, ana_84
        follow me on insta at ana.silva84
        message me on kik under sugarbaby88
        ana#1234
    """,
}
LEFT = """
    thanks @ana.silva for the tip
    ask @ben or @mo, they know
    i saw it at example.org
    meet at the dot com cafe
    i cried at work dot dot dot
    at one point it hurt
    je suis chez orange.fr depuis hier
    not at gmail, at the doctors
    e-mail is down again
    email: soon
    my line is 20mg in the morning
    signal: 3 hours of it
    discord: too loud for me
    covid19 on twitter again
    i read about hba1c on facebook
    she is on insta too much
    people see me as toxic on facebook
    exercise is my discord
    tg levels 150
    steam helps my lungs
    my nurse anna is lovely
    my brother martin was there
    2000 2100 1900 kcal
    lat pulldown 48.5 2.2
    drank 2l 3l 1l 2l 2l 1l 3l
    na rua faz 30 graus
    auf dem weg 2 mal gestolpert
    la calle 3 veces
    5.6 7.2 8.1 9.0 6.5 5.5 6.1 7.0
    steps: 5423 6120 4890 7010
    612345678 pasos hoy
    tested on 2024-03-01
    seit dem 28.11.2019
    info@clinic.example
    call 0800 138 1619
    order no. 07700900123
    sugar 110 120 98 130 145
    sugar 212 98 130 45 today
    tsh 48.85837
    one two three four five six seven eight nine ten
    ocho siete seis cinco cuatro tres dos uno
    ig: important goal
    signal: 3hours of it
    2 way street
    lot 12345678Z
    the 23rd of may
    box 1234
    il fait 62704
    50667 schritte
    issue #1234
    who works at night
    order number 12345678Z
"""
REGIONS = ("GB", "US", "ES", "FR", "DE", "BR", "PT")


def kinds(text, **more):
    return [each.detector.removeprefix("identity.") for each in found(text, **{"regions": REGIONS, **more})]


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in DRESSED.items() for text in texts.strip().split("\n        ")]
)
def test_what_is_dressed_up_is_read(kind, text):
    assert kinds(text) == [kind]


@pytest.mark.parametrize("text", LEFT.strip().split("\n    "))
def test_what_only_looks_like_it_is_left_alone(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in TOLD.items() for text in texts.strip().split("\n        ")]
)
def test_each_way_to_say_it_is_known(kind, text):
    assert kinds(text) == [kind]


def test_an_address_of_a_kind_that_offices_have_is_a_persons_where_everybody_has_one():
    assert kinds("info@gmail.com") == ["email"]


def test_without_regions_a_number_is_one_of_where_the_rooms_languages_are_spoken():
    def seen(language):
        return Identity().find(passage("06 12 34 56 78"), Setting(now=NOON, languages=(language,)))

    assert seen("fr") != ()
    assert seen("pt") == ()


def test_a_page_of_the_library_is_nobodys_profile():
    page = "facebook.com/diabetes.group"
    assert kinds(f"see https://www.{page}/") == ["profile"]
    assert kinds(f"see https://www.{page}/", known=frozenset({page})) == []


def test_what_the_community_has_in_its_files_is_known():
    community = load_community(Path(__file__).parents[2] / "config")
    known = known_of(community)
    entry = next(each for each in community.library if each.url)
    host = entry.url.partition("://")[2].removeprefix("www.")
    assert host.partition("/")[0] in known
    assert host.rstrip("/").lower() in known
    assert {country.emergency for country in community.countries} <= known
    number = "(020) 7123 4567"
    assert "02071234567" in known_of(replace(community, library=(replace(entry, summary={"en": f"call {number}"}),)))
