# SPDX-License-Identifier: Apache-2.0
"""Each question, answered in each way: by a reaction, by a poll, by a number, and in plain words of five languages."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import pytest

from bots.welcome.records import Conversation, Pause, Polls, Step
from bots.welcome.wording import SIGNS, sign_asked
from fakes.welcome_scene import ANA, Scene, example

LANGUAGES = ("en", "es", "fr", "de", "pt")
YES, NO, PEN = "✅", "❌", "✍️"
IN, SETTINGS = ("yes", "yes", "yes"), ("skip", "no", "no", "settings")
ADMITTED = (*IN, "ms", "SIGN")
# How people come to each question, and to those that ask once more.
WAYS = {
    Step.AGE: (),
    Step.YOUNG: ("no",),
    Step.GUIDELINES: ("yes",),
    Step.HEALTH: ("yes", "yes"),
    Step.CONDITION: IN,
    Step.CHOOSE: (*IN, "diabetes"),
    Step.MISSING: (*IN, "none"),
    Step.READ: (*IN, "ms"),
    Step.APP: (*IN, "ms", "can't read"),
    Step.WHO: ADMITTED,
    Step.INTRODUCE: (*ADMITTED, "skip"),
    Step.LINE: (*ADMITTED, "skip", "my words"),
    Step.PREVIEW: (*ADMITTED, "skip", "my words", "hi from me"),
    Step.DAYS: (*ADMITTED, "skip", "no"),
    Step.DONE: (*ADMITTED, "skip", "no", "no"),
    Step.COUNTRY: (*ADMITTED, *SETTINGS),
    Step.LANGUAGE: (*ADMITTED, *SETTINGS, "skip"),
    Step.CLOCK: (*ADMITTED, *SETTINGS, "skip", "skip"),
    Step.QUIET: (*ADMITTED, *SETTINGS, "skip", "skip", "14:30"),
    "one condition": (*IN, "epilepsi"),
    Pause.CONFIRM_FORGET: (*IN, "forget me"),
    Pause.CONFIRM_LEAVE: (*IN, "leave everything"),
}


@dataclass(frozen=True)
class Answer:
    """What one answer is in plain words of each language, and as a reaction; and where it leads."""

    words: tuple[str, ...]
    leads_to: Step | None
    tap: str = ""


def yes(leads_to, *words):
    return Answer(words or ("yes", "sí", "oui", "ja", "sim"), leads_to, YES)


def no(leads_to):
    return Answer(("nope", "no gracias", "non", "nein danke", "não"), leads_to, NO)


def numbered(*answers):
    return tuple(replace(answer, tap=f"{number}️⃣") for number, answer in enumerate(answers, start=1))


# Where there is something to pick, in the order of the numbers.
PICKED = {
    Step.AGE: (yes(Step.GUIDELINES), no(Step.YOUNG)),
    Step.GUIDELINES: (yes(Step.HEALTH), no(Step.GUIDELINES)),
    Step.HEALTH: (yes(Step.CONDITION), no(Step.HEALTH)),
    Step.CHOOSE: (
        *numbered(
            Answer(("type 1", "diabetes tipo 1", "diabète de type 1", "Typ 1", "tipo 1"), Step.READ),
            Answer(("T2D", "tipo 2", "diabète de type 2", "Diabetes Typ 2", "diabetes tipo 2"), Step.READ),
        ),
        replace(no(Step.CONDITION), tap="3️⃣"),
    ),
    "one condition": (yes(Step.READ), no(Step.CONDITION)),
    Step.APP: numbered(
        Answer(("on my laptop", "en el navegador", "sur mon ordinateur", "am Computer", "no computador"), Step.READ),
        Answer(("my phone", "en el móvil", "mon téléphone", "am Handy", "no celular"), Step.READ),
        Answer(("something else", "otra app", "autre chose", "etwas anderes", "outro app"), Step.READ),
    ),
    Step.WHO: numbered(
        Answer(
            (
                "i was just diagnosed",
                "me acaban de diagnosticar",
                "diagnostic récent",
                "frisch diagnostiziert",
                "recém diagnosticada",
            ),
            Step.INTRODUCE,
        ),
        Answer(
            ("living with it for years", "vivo con ello", "depuis longtemps", "schon lange", "vivo com isso"),
            Step.INTRODUCE,
        ),
        Answer(
            ("caring for someone", "cuido de alguien", "je m'occupe de quelqu'un", "ich pflege", "cuido de alguém"),
            Step.INTRODUCE,
        ),
        Answer(("just looking", "solo miro", "je regarde", "nur schauen", "só olhando"), Step.DONE),
    ),
    Step.INTRODUCE: (
        yes(Step.DAYS),
        no(Step.DAYS),
        Answer(
            ("my own words", "con mis palabras", "mes mots", "mit meinen Worten", "minhas palavras"), Step.LINE, PEN
        ),
    ),
    Step.PREVIEW: (yes(Step.DAYS), no(Step.INTRODUCE)),
    Step.DAYS: (yes(Step.DONE), no(Step.DONE)),
    Step.LANGUAGE: numbered(
        *(
            Answer(words, Step.CLOCK)
            for words in (
                ("English", "inglés", "anglais", "Englisch", "inglês"),
                ("Spanish", "español", "espagnol", "Spanisch", "espanhol"),
                ("French", "francés", "français", "Französisch", "francês"),
                ("German", "alemán", "allemand", "Deutsch", "alemão"),
                ("Portuguese", "portugués", "portugais", "Portugiesisch", "português"),
            )
        )
    ),
    Step.QUIET: (yes(Step.DONE), no(Step.DONE)),
    Pause.CONFIRM_FORGET: (yes(None), no(Step.CONDITION)),
    Pause.CONFIRM_LEAVE: (yes(None), no(Step.CONDITION)),
}
# Where one writes; a tap there says yes, no or skip.
WRITTEN = {
    Step.YOUNG: Answer(("Germany", "Alemania", "Allemagne", "Deutschland", "Alemanha"), None),
    Step.CONDITION: Answer(("epilepsy", "epilepsia", "épilepsie", "Epilepsie", "tenho epilepsia"), Step.READ),
    Step.MISSING: Answer(("gout", "la gota", "la goutte", "Gicht", "gota"), Step.DONE),
    Step.LINE: Answer(
        ("hi, I'm here", "hola a todos", "salut tout le monde", "hallo zusammen", "oi, gente"), Step.PREVIEW
    ),
    Step.COUNTRY: Answer(("I'm in Spain", "España", "Espagne", "in Spanien", "Espanha"), Step.LANGUAGE),
    Step.CLOCK: Answer(("3 pm", "15:00", "15h00", "15 Uhr", "15h"), Step.QUIET),
    Step.DONE: Answer(("more", "más", "plus", "mehr", "mais"), Step.CONDITION),
}


_come_to: dict[tuple[object, Polls], Scene] = {}


async def at(question, polls=Polls.ALL):
    """Somebody who has come to this question; it is gone there once, and then begun from there."""
    if (question, polls) not in _come_to:
        _come_to[question, polls] = await _comes_to(question, polls)
    scene = copy(_come_to[question, polls])
    for name in ("records", "labels", "ticks", "views"):
        setattr(scene, name, dict(getattr(scene, name)))
    return scene


async def _comes_to(question, polls):
    scene = Scene(**example())
    await scene.joins()
    if polls is Polls.ALL:
        await scene.says("polls")
    for word in WAYS[question]:
        await (scene.picks_the_sign() if word == "SIGN" else scene.says(word))
    assert question in (scene.conversation.step, scene.conversation.pause, "one condition")
    return scene


def outcome(scene):
    """What an answer came to, whichever way it was given."""
    now = scene.conversation
    if now is not None:
        # A reaction is not encrypted, so that one shows less; what was written can be edited.
        now = replace(now, heard=True, unclear="", line="")
    return now, scene.said, scene.done


def every(ways):
    return [
        (question, number, answer) for question, answers in ways.items() for number, answer in enumerate(answers, 1)
    ]


async def answered(question, give):
    scene = await at(question)
    await give(scene)
    return outcome(scene)


def test_every_question_is_here():
    asked = {each for each in (*PICKED, *WRITTEN) if isinstance(each, Step)} | {Step.READ}
    assert asked == set(Step) - {Step.ELSEWHERE}


@pytest.mark.parametrize("question", PICKED)
async def test_what_can_be_picked_is_what_the_poll_offers_and_the_buttons_stand_in_its_order(question):
    scene = await at(question)
    taps = tuple(answer.tap for answer in PICKED[question])
    (poll,) = (send for send in scene.sends if send.choices)
    assert len(poll.choices) == len(taps)
    assert scene.buttons in ((), taps)


@pytest.mark.parametrize(("question", "number", "answer"), every(PICKED))
async def test_a_number_a_tap_a_poll_and_a_word_in_any_language_mean_the_same(question, number, answer):
    said = await answered(question, lambda scene: scene.says(answer.words[0]))
    assert (said[0].step if said[0] else None) is answer.leads_to
    for text in (*answer.words[1:], str(number), f"{number}.", f"{number}️⃣"):
        assert await answered(question, lambda scene, text=text: scene.says(text)) == said, text
    assert await answered(question, lambda scene: scene.taps(answer.tap)) == said
    assert await answered(question, lambda scene: scene.taps(f"{number}️⃣")) == said
    assert await answered(question, lambda scene: scene.votes(str(number))) == said


@pytest.mark.parametrize("question", WRITTEN)
async def test_what_is_written_may_be_written_in_any_language(question):
    answer = WRITTEN[question]
    for text in answer.words:
        scene = await at(question)
        assert not any(send.choices for send in scene.sends)
        await scene.says(text)
        assert (scene.conversation.step if scene.conversation else None) is answer.leads_to, text


async def test_the_picture_can_be_tapped_counted_picked_in_a_poll_and_named_in_any_language():
    names = {
        "fish": ("fish", "pez", "poisson", "Fisch", "peixe"),
        "star": ("star", "estrella", "étoile", "Stern", "estrela"),
    }
    names |= {
        "tree": ("tree", "árbol", "arbre", "Baum", "árvore"),
        "boat": ("boat", "barco", "bateau", "Boot", "navio"),
    }
    names |= {"moon": ("moon", "luna", "lune", "Mond", "lua"), "bird": ("bird", "pájaro", "oiseau", "Vogel", "ave")}
    scene = await at(Step.READ)
    asked = sign_asked(scene.conversation.round)
    number = str(scene.buttons.index(SIGNS[asked]) + 1)
    said = await answered(Step.READ, lambda scene: scene.taps(SIGNS[asked]))
    assert said[0].step is Step.WHO
    for text in (*names[asked], number):
        assert await answered(Step.READ, lambda scene, text=text: scene.says(text)) == said, text
    assert await answered(Step.READ, lambda scene: scene.votes(number)) == said


async def test_an_answer_by_poll_shows_that_the_person_reads_and_is_read():
    scene = Scene(**example())
    await scene.joins()
    for answer in (YES, YES, YES):
        await scene.taps(answer)
    scene.records[Conversation, (ANA,)] = replace(scene.conversation, step=Step.READ, wanted="epilepsy")
    await scene.says("polls")
    await scene.votes(str(scene.buttons.index(SIGNS[sign_asked(scene.conversation.round)]) + 1))
    assert scene.done == ["invites to !epilepsy"]
