# SPDX-License-Identifier: Apache-2.0
"""Somebody frightened, on a phone, who writes as people write: what they mean is understood, and nothing is cold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bots.core.community import Federation
from bots.core.language import Catalogue, shipped_words
from bots.welcome.answers import Intent, load
from bots.welcome.records import Step
from fakes.welcome_scene import Scene, example, with_federation

CATALOGUE = Catalogue.load(shipped_words(), ["en", "es"])
MEANT = {
    Intent.YES: (
        "yea", "ok cool", "sure then", "kk", "ok thx", "sounds good lol", "passt schon", "ja von mir aus", "ja super",
        "bueno", "ok vale", "sí bueno", "bah ouais", "ok pas de souci", "blz", "tá ok",
    ),
    Intent.NO: (
        "nope sorry", "no thx", "nah im good", "no its fine", "dont want to", "ne lass mal", "nee danke", "nop",
        "no hace falta", "non c'est bon", "pas la peine", "não precisa", "n precisa", "deixa pra lá",
    ),
    Intent.WHAT: (
        "whats this", "wat is this", "what is this place?", "who r u", "r u a bot??", "are you a real person",
        "was is das hier",
        "wer bist du", "q es esto", "quién eres?", "c'est quoi ça", "c koi ça", "t ki", "oq é isso", "quem é vc?",
        "vc é um robô?",
    ),
    Intent.HELP: ("what now", "whats next", "i dont get it", "wie weiter", "y ahora", "et après", "e agora"),
    Intent.WHY: ("do i have to", "why do you ask", "muss ich das", "para qué", "c'est obligatoire", "pk", "pq"),
    Intent.AGAIN: (
        "i dont see the invite", "wheres the room", "how do i get in", "where do i go now",
        "wo ist die einladung", "no veo la invitación",
        "j'ai pas reçu l'invitation", "cadê o convite",
    ),
    Intent.STOP: ("halt", "stop then"),
    Intent.SKIP: ("dont want to say", "sag ich nicht", "no quiero decirlo", "je veux pas le dire", "não quero dizer"),
}  # fmt: skip


@cache
def vocabulary():
    return load(example()["community"].languages)


async def arrived(*words, **other):
    scene = Scene(**{**example(), **other})
    await scene.joins()
    for word in words:
        await (scene.picks_the_sign() if word == "SIGN" else scene.says(word))
    return scene


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in MEANT.items() for text in texts])
def test_what_people_write_in_a_hurry_is_understood(intent, text):
    assert vocabulary().intent(text) is intent


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("waht is this palce", Intent.WHAT),
        ("where is teh room", Intent.AGAIN),
        ("i dont see the invte", Intent.AGAIN),
        ("je comprens pas", Intent.HELP),
        ("wer bisst du", Intent.WHAT),
        ("donde esta la invitacin", Intent.AGAIN),
        ("what do you kow about me", Intent.MYDATA),
        # Nobody is taken at a word that they may not have meant.
        ("i agree to the guidelnes", None),
        ("leave evrything", None),
        ("delete everythng", None),
        ("helo", None),
    ],
)
def test_a_slip_in_a_question_is_forgiven_and_in_an_answer_it_is_asked_about(text, intent):
    assert vocabulary().intent(text) is intent


@pytest.mark.parametrize(
    "text", ["so", "then", "oh", "cool", "vc", "qqn", "yes i guess", "why not", "joa", "tipo 1", "hm"]
)
def test_what_only_stands_around_an_answer_is_none(text):
    assert vocabulary().intent(text) is None


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("nope im 16", Step.YOUNG),
        ("yes im 17", Step.YOUNG),
        ("16yo", Step.YOUNG),
        ("not yet", Step.YOUNG),
        ("underage", Step.YOUNG),
        ("nö bin 15", Step.YOUNG),
        ("todavía no", Step.YOUNG),
        ("je suis mineure", Step.YOUNG),
        ("ainda não", Step.YOUNG),
        ("34 f", Step.GUIDELINES),
        ("im an adult", Step.GUIDELINES),
        ("yea im 45", Step.GUIDELINES),
        ("bin volljährig", Step.GUIDELINES),
        ("soy mayor de edad", Step.GUIDELINES),
        ("je suis majeur", Step.GUIDELINES),
        ("sou adulta", Step.GUIDELINES),
        # Which of the two is meant is asked once more.
        ("no im 34", Step.AGE),
        ("almost 18", Step.AGE),
        ("i turn 18 next week", Step.AGE),
        ("im not over 18", Step.AGE),
    ],
)
async def test_an_age_is_understood_as_it_is_said_and_in_doubt_nobody_is_let_on(text, step):
    scene = await arrived()
    await scene.says(text)
    assert scene.conversation.step is step


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my daughter has it", "guidelines.first"),
        ("i just found out this morning and i cant stop crying", "guidelines.first"),
        ("T1D", "guidelines.first"),
        ("wobble", "age.unclear"),
    ],
)
async def test_what_somebody_tells_before_they_are_asked_is_thanked_for(text, said):
    scene = await arrived()
    await scene.says(text)
    assert scene.said == [[said, "age.ask"]]


@pytest.mark.parametrize(
    "text",
    ["can i talk to someone now", "i need to talk to a real person pls", "is anyone there?",
     "kann ich mit jemandem reden", "puedo hablar con alguien ahora", "je peux parler à quelqu'un",
     "je peux parler a qqn", "posso falar com alguém"],
)  # fmt: skip
async def test_who_asks_for_a_person_hears_where_people_are_and_whom_to_call(text):
    before, inside = await arrived("yes"), await arrived("yes", "yes", "yes", "ms", "SIGN")
    await before.says(text)
    assert before.said == [["person", "guidelines.ask"]]
    await inside.says(text)
    assert inside.said == [["person.inside", "who.ask", "pick.option"]]
    without = await arrived("yes", "yes", "yes", "skip")
    await without.says(text)
    assert without.said == [["person", "condition.ask"]]
    stopped = await arrived("stop")
    await stopped.says(text)
    assert stopped.said == [["person"]]


async def test_who_is_too_young_or_not_let_in_is_not_sent_to_rooms_that_are_closed_to_them():
    scene = await arrived("no")
    await scene.says("can i talk to someone")
    assert scene.said == [["young.ask"]]
    scene = Scene(person="@calm_otter:other.test")
    await scene.joins()
    await scene.says("can i talk to someone")
    assert scene.said == [["elsewhere"]]


async def test_who_names_what_they_have_in_the_same_breath_is_understood_in_that():
    scene = await arrived("yes", "yes", "yes")
    await scene.says("i want to talk to someone about my epilepsy")
    assert scene.said[-1][-1] in ("read.ask", "choose.one")


@pytest.mark.parametrize("step", ["none", "MY WORDS"])
async def test_what_is_written_for_others_is_passed_on_as_it_is(step):
    words = ("none",) if step == "none" else ("ms", "SIGN", "skip", "my words")
    scene = await arrived("yes", "yes", "yes", *words)
    await scene.says("i need someone to talk to")
    assert "person" not in [key for message in scene.said for key in message]


async def test_somebody_elses_illness_without_a_name_is_asked_for_kindly():
    scene = await arrived("yes", "yes", "yes")
    await scene.says("my daughter has it")
    assert scene.said == [["condition.whose", "condition.ask"]]


@pytest.mark.parametrize(
    "text", ["my daughter has it", "meine tochter hat das", "la cuido yo", "ma fille", "minha filha"]
)
async def test_who_speaks_of_somebody_else_is_caring_for_them(text):
    scene = await arrived("yes", "yes", "yes", "ms", "SIGN")
    await scene.says(text)
    assert scene.conversation.who == "caring"


async def test_who_is_still_unsure_before_the_list_is_not_shown_it_again():
    scene = await arrived("yes", "yes", "yes", "idk")
    assert scene.said == [["condition.unsure", "choose.option", "choose.many"]]
    await scene.says("idk")
    assert scene.said == [["choose.unsure", "choose.again"]]
    await scene.says("list")
    assert scene.said == [["choose.option", "choose.many"]]


async def test_neither_a_long_list_nor_a_poll_nor_what_was_read_already_is_said_twice():
    scene = await arrived("yes", "yes", "yes", "list")
    assert any(send.choices for send in scene.sends)
    await scene.says("wobble")
    assert scene.said == [["choose.unclear", "choose.again"]]
    assert not any(send.choices for send in scene.sends)
    await scene.votes("2")
    assert scene.conversation.step is Step.READ
    for words, said in (
        (("yes", "yes"), "health.again"),
        (("yes", "yes", "yes", "ms", "SIGN", "skip"), "introduce.again"),
        (("yes", "yes", "yes", "ms", "SIGN", "skip", "no"), "days.again"),
    ):
        scene = await arrived(*words, "thanks")
        assert scene.said == [["thanks", said]]


async def test_an_ok_is_no_mistake_where_nothing_was_asked():
    scene = await arrived("yes", "yes", "yes", "ms", "SIGN", "ok")
    assert scene.said == [["who.ask", "pick.option"]]
    for word in ("skip", "no", "no", "ok"):
        await scene.says(word)
    assert scene.said == [["done.ok"]]


async def test_who_has_no_room_is_not_sent_to_the_people_in_it():
    scene = await arrived("yes", "yes", "yes", "skip", "im so scared")
    assert scene.said == [["done.no_room"]]
    scene = await arrived("yes", "yes", "yes", "ms", "SIGN", "skip", "no", "no", "im so scared")
    assert scene.said == [["done.unclear"]]


async def test_who_does_not_find_an_invitation_that_waits_is_told_the_address():
    scene = await arrived("yes", "yes", "yes", "ms", "SIGN")
    await scene.says("i dont see the invite")
    assert scene.said == [["invite.missed", "who.ask", "pick.option"]]
    assert scene.done == []
    assert "!multiple-sclerosis?via=kith.test" in CATALOGUE.render(scene.sends[0].parts[0], "en").body
    await scene.turns_down("!multiple-sclerosis")
    await scene.says("again")
    assert scene.said[0][0] == "again.sent"
    assert scene.done == ["invites to !multiple-sclerosis"]


# Another language.


async def test_who_changes_the_language_reads_in_it_all_that_they_are_asked_to_agree_to():
    scene = await arrived("español")
    assert scene.said == [["language.set", "greeting"], ["age.ask"]]
    assert {part.language for send in scene.sends for part in send.parts} == {"es"}
    await scene.says("sí")
    await scene.says("English")
    assert scene.said == [["language.set", "guidelines.intro", "guideline", "guidelines.ask"]]
    for word in ("yes", "español"):
        await scene.says(word)
    assert scene.said == [["language.set", "health.ask"]]


async def test_whose_account_is_elsewhere_reads_that_in_their_language_too():
    community = replace(with_federation(Federation.OPEN), languages=("en", "es"))
    scene = Scene(community=community, person="@calm_otter:other.test")
    await scene.joins()
    await scene.says("español")
    assert scene.said == [["language.set", "greeting"], ["foreign", "age.ask"]]


async def test_who_has_stopped_hears_only_that_the_language_is_another():
    scene = await arrived("stop", "español")
    assert scene.said == [["language.set"]]
