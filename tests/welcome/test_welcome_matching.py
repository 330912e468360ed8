# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bots.welcome.answers import load
from bots.welcome.conversation.matching import Found, Matcher, Unnamed
from fakes.welcome_scene import COMMUNITY

MATCHER = Matcher(COMMUNITY.conditions, load(["en"]))
T1, T2 = "type-1-diabetes", "type-2-diabetes"
IDS = {c.id for c in COMMUNITY.conditions}

CERTAIN = {
    # As the organiser wrote it, in any spelling that is no mistake.
    "T1D": T1,
    "t1d": T1,
    "T1": T1,
    "type 1": T1,
    "Type 1 diabetes": T1,
    "TYPE 1 DIABETES": T1,
    "type one diabetes": T1,
    "type one": T1,
    "type1": T1,
    "Type I": T1,
    "type i diabetes": T1,
    "type 1.5": T1,
    "LADA": T1,
    "t 1 d": T1,
    "type 1 diabetes mellitus": T1,
    "type 2": T2,
    "type2": T2,
    "type II": T2,
    "type ii diabetes": T2,
    "diabetes type two": T2,
    "sugar diabetes": T2,
    "the sugar diabetes": T2,
    "high sugar": T2,
    "pre-diabetes": T2,
    "Crohn's": "bowel",
    "crohn’s disease": "bowel",
    "crohns": "bowel",
    "UC": "bowel",
    "uc": "bowel",
    "ulcerative colitis": "bowel",
    "celiac": "coeliac",
    "Coeliac Disease": "coeliac",
    "can't eat gluten": "coeliac",
    "cant eat gluten": "coeliac",
    "RA": "arthritis",
    "rheumatoid": "arthritis",
    "swollen joints": "arthritis",
    "rheumatoid athritis": "arthritis",
    "ME": "me-cfs",
    "ME/CFS": "me-cfs",
    "me cfs": "me-cfs",
    "cfs": "me-cfs",
    "M.E. / CFS": "me-cfs",
    "post exertional malaise": "me-cfs",
    "epilepsy": "epilepsy",
    "épilepsy": "epilepsy",
    "seizures": "epilepsy",
    "ms": "ms",
    "M.S.": "ms",
    "multiple sclerosis": "ms",
    # In a sentence.
    "I have type 1 diabetes": T1,
    "i've got T1": T1,
    "Hi, I was just diagnosed with type 2": T2,
    "my doctor said it's rheumatoid arthritis": "arthritis",
    "living with crohns since 2009": "bowel",
    "it's epilepsy, thanks": "epilepsy",
    "not type 2, type 1": T1,
    "type 1, not type 2": T1,
    "i have uc": "bowel",
    "my ms": "ms",
    # Several.
    "type 1 and coeliac": f"{T1} coeliac",
    "t1d, ms and ra": f"{T1} ms arthritis",
    "Crohn's/celiac": "bowel coeliac",
    "T1D + coeliac": f"{T1} coeliac",
    "MS & epilepsy": "ms epilepsy",
}

ASKED = {
    # Misspelt.
    "diabetis": f"{T1} {T2}",
    "diabeties": f"{T1} {T2}",
    "juvinile diabetes": T1,
    "insulin dependant diabetes": T1,
    "typ 1 diabetes": T1,
    "chrons": "bowel",
    "chron's disease": "bowel",
    "ulcerative collitis": "bowel",
    "seliac": "coeliac",
    "ciliac disease": "coeliac",
    "coeliacs": "coeliac",
    "rhumatoid arthritis": "arthritis",
    "cronic fatigue": "me-cfs",
    "epilepsi": "epilepsy",
    "eppilepsy": "epilepsy",
    "multiple schlerosis": "ms",
    "multipul sclerosis": "ms",
    # Half of a name, or one name of two.
    "diabetes": f"{T1} {T2}",
    "I'm diabetes": f"{T1} {T2}",
    "sugar": T2,
    "arthritis": "arthritis",
    "gluten": "coeliac",
    "sclerosis": "ms",
    "insulin": T1,
    # An everyday word as well.
    "me": "me-cfs",
    "it's me": "me-cfs",
    "fits": "epilepsy",
    # Unsure, or somebody else's, or in the middle of a story.
    "not diagnosed yet but probably MS": "ms",
    "I think I might have coeliac": "coeliac",
    "waiting for tests for crohns": "bowel",
    "my son has type 1": T1,
    "my mum has ms": "ms",
    "I care for my wife, she has epilepsy and ra": "epilepsy arthritis",
    "I got told last week that I have type 2 and since then I can't sleep because my father lost his foot to it": T2,
}

NOTHING = {
    "",
    "hello",
    "🙂",
    "asdfgh",
    "1",
    "cancer",
    "depression",
    "lupus",
    "chronic pain",
    "chronic",
    "disease",
    "type",
    "type 3",
    "type 22",
    "T3D",
    "not diabetes",
    "I don't have diabetes",
    "no epilepsy",
    "tell me more about this",
    "can you help me",
    "this fits well",
    "what type i have is my business",
    "IBS",
    "mess",
    "ra ra ra sis boom",
    "they all treated me badly in the home where I was",
}


@pytest.mark.parametrize(("text", "ids"), CERTAIN.items())
def test_what_is_said_plainly_is_certain(text, ids):
    assert MATCHER.find(text) == Found(certain=tuple(ids.split()))


@pytest.mark.parametrize(("text", "ids"), ASKED.items())
def test_what_only_comes_near_is_asked_about(text, ids):
    found = MATCHER.find(text)
    assert found.certain == ()
    assert set(found.likely) == set(ids.split())


@pytest.mark.parametrize("text", sorted(NOTHING))
def test_false_friends_open_no_room(text):
    found = MATCHER.find(text)
    assert (found.certain, found.likely) == ((), ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("none of these", Unnamed.NONE_OF_THESE),
        ("just looking around", Unnamed.NONE_OF_THESE),
        ("Nothing", Unnamed.NONE_OF_THESE),
        ("I'm just curious, thanks", Unnamed.NONE_OF_THESE),
        ("nothing fits", Unnamed.NONE_OF_THESE),
        ("not sure", Unnamed.UNSURE),
        ("I don't know yet", Unnamed.UNSURE),
        ("not diagnosed yet", Unnamed.UNSURE),
        ("still waiting for results", Unnamed.UNSURE),
        ("my cat has diabetes", Unnamed.ANIMAL),
        ("it's my dog who has epilepsy", Unnamed.ANIMAL),
    ],
)
def test_who_names_no_condition_is_understood_too(text, said):
    assert MATCHER.find(text) == Found(unnamed=said)


@given(st.text())
def test_any_text_finds_only_what_there_is(text):
    found = MATCHER.find(text)
    assert {*found.certain, *found.likely} <= IDS
    assert not set(found.certain) & set(found.likely)
    assert found.unnamed is None or not (found.certain or found.likely)


_words = sorted({w for name in MATCHER.names for w in name.split()} | {"not", "and", "my", "i", "have", "type", "or"})


@given(st.lists(st.sampled_from(_words), max_size=60).map(" ".join))
def test_any_order_of_its_own_words_is_looked_at(text):
    found = MATCHER.find(text)
    assert {*found.certain, *found.likely} <= IDS


@given(st.sampled_from(sorted(MATCHER.names)), st.sampled_from(["not ", "i dont have ", "never had "]))
def test_a_denied_condition_is_never_certain(name, denial):
    assert not MATCHER.find(denial + name).certain


@given(st.sampled_from([n for n in MATCHER.names if len(n) >= 5]), st.data())
def test_one_slip_never_opens_the_wrong_room_unasked(name, data):
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    misspelt = name[:place] + letter + name[place + 1 :]
    # "Type I diabetes" is no slip: it is type 1, spelled right.
    assume(not MATCHER.exact(" ".join(MATCHER.counted(misspelt.split()))))
    assert set(MATCHER.find(misspelt).certain) <= set(MATCHER.names[name])
