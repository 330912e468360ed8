# SPDX-License-Identifier: Apache-2.0
"""How old somebody must be to read a sentence with ease, by a measure that was made for the language.

English: Flesch-Kincaid grade (Kincaid et al. 1975).
Spanish: Szigriszt-Pazos (1993), read on the INFLESZ scale (Barrio-Cantalejo et al. 2008): from 65, "quite easy".
French: Kandel & Moles (1958), Flesch's scale: from 70, "fairly easy".
German: first Wiener Sachtextformel (Bamberger & Vanecek 1984), which gives the school year, as English does.
Portuguese: Flesch adapted by Martins et al. (1996): 50 to 75 is "easy", school years six to eight.

Syllables are groups of vowels, by each language's spelling: exact enough to order sentences, and without a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

MIN_WORDS = 8
# Long words that everyone here meets on the first day count as two syllables (Dale-Chall spares familiar words, too).
FAMILIAR = {
    "en": """
        account accounts america anybody anything appeal australia coeliac communities community condition conditions
        diabetes emergencies emergency encrypted encryption europe everybody everything family guideline guidelines
        helpline helplines insulin invitation invitations language languages library matrix medicine medicines message
        messages moderator moderators nobody opinion organiser organisers private server servers somebody suicide
        treatment
        """,
    "es": """
        américa ayuda biblioteca bienvenida cifrado comunidad decisión diabetes emergencia emergencias europa
        insulina invitación matrix mensaje mensajes moderación norma normas número países persona personas privado
        servidor suicidio teléfono tratamiento
        """,
    "fr": """
        accueil amérique bibliothèque chiffrement communauté décision diabète équipe europe insuline invitation matrix
        médicament médicaments message messages modération numéro personne privé salon serveur suicide téléphone
        traitement urgence urgences
        """,
    "de": """
        amerika anrufen antworte antworten beschluss bibliothek diabetes einladung entfernen entsperren europa
        familie gemeinschaft hilfenummer hilfenummern insulin leitlinie leitlinien matrix medikament medikamente
        menschen moderation nachricht nachrichten nordamerika notruf privaten schreiben verschlüsselt verschlüsselung
        willkommen zurückgenommen
        """,
    "pt": """
        américa biblioteca comunidade cifrada decisão diabetes emergência equipe europa insulina convite matrix
        mensagem mensagens moderação número países pessoa pessoas privado servidor suicídio telefone tratamento
        """,
}


def _english(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.casefold())
    word = re.sub(r"(?<=[^aeiouyl])e(s|d)?$", "", re.sub(r"(?<=[aeiouy][^aeiouy])ely$", "ly", word))
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def _iberian(word: str) -> int:
    """Spanish and Portuguese: two strong vowels are two syllables, a weak one beside them is none unless stressed."""
    word = re.sub(r"(?<=[qg])u(?=[eiéíê])", "", word.casefold())
    word = re.sub(r"ãe|ão|õe|ãi", "a", word)
    strong, weak = "aeoáéóàâêôãõ", "iuüy"
    groups = re.findall(rf"[{weak}]*[{strong}][{weak}]*(?![{strong}íú])|[{weak}]*[{strong}]|[íú]|[{weak}]+", word)
    return max(1, len(groups))


def _french(word: str) -> int:
    """A final e, es or ent is silent."""
    word = re.sub(r"(?<=[^aeiouyàâéèêëîïôùûü])(e|es|ent)$", "", word.casefold())
    return max(1, len(re.findall(r"[aeiouyàâéèêëîïôùûüœ]+", word)))


def _german(word: str) -> int:
    return max(1, len(re.findall(r"äu|eu|ei|ai|au|ie|aa|ee|oo|[aeiouyäöü]", word.casefold())))


_COUNT: dict[str, Callable[[str], int]] = {
    "en": _english,
    "es": _iberian,
    "fr": _french,
    "de": _german,
    "pt": _iberian,
}


def syllables(word: str, language: str = "en") -> int:
    """How many a word has; two, if everybody here knows it."""
    return 2 if word.casefold() in FAMILIAR[language].split() else _COUNT[language](word)


@dataclass(frozen=True)
class Counted:
    """What the measures count in a text."""

    sentences: int
    words: int
    syllables: int
    one: int
    many: int
    long: int

    @property
    def words_per_sentence(self) -> float:
        """On average."""
        return self.words / self.sentences

    @property
    def syllables_per_word(self) -> float:
        """On average."""
        return self.syllables / self.words


@dataclass(frozen=True)
class Measure:
    """A measure and what it may give: a school year at `most`, or an ease of at `least`."""

    of: Callable[[Counted], float]
    most: float | None = None
    least: float | None = None

    def too_hard(self, found: float) -> bool:
        """Whether a text that measures so much is too hard."""
        return (self.most is not None and found > self.most) or (self.least is not None and found < self.least)


MEASURES = {
    "en": Measure(lambda c: 0.39 * c.words_per_sentence + 11.8 * c.syllables_per_word - 15.59, most=7.0),
    "es": Measure(lambda c: 206.835 - 62.3 * c.syllables_per_word - c.words_per_sentence, least=65.0),
    "fr": Measure(lambda c: 207 - 1.015 * c.words_per_sentence - 73.6 * c.syllables_per_word, least=70.0),
    "de": Measure(
        lambda c: (19.35 * c.many + 12.97 * c.long - 3.27 * c.one) / c.words + 0.1672 * c.words_per_sentence - 0.875,
        most=7.0,
    ),
    "pt": Measure(lambda c: 248.835 - 1.015 * c.words_per_sentence - 84.6 * c.syllables_per_word, least=60.0),
}


def counted(text: str, language: str) -> Counted | None:
    """Placeholders, commands and addresses are not prose, and count as one short word. None under `MIN_WORDS` words."""
    prose = re.sub(r"\{[^}]*\}|`[^`]*`|https?://\S+|\b\S+\.(?:com|org)\b", "x", unicodedata.normalize("NFC", text))
    parts = re.split(r"[.?!:;]+(?=\s|$|\*)|\n+", prose)
    sentences = [part for part in parts if re.search(r"[^\W\d_]", part)]
    # "l'eau" is said as one word, and "don't" is one.
    words = [w for s in sentences for w in re.findall(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*", s)]
    if language == "fr":
        words = [re.sub(r"^.{1,2}['’]", "", word) for word in words]
    if len(words) < MIN_WORDS:
        return None
    counts = [syllables(word, language) for word in words]
    known = FAMILIAR[language].split()
    return Counted(
        sentences=len(sentences),
        words=len(words),
        syllables=sum(counts),
        one=counts.count(1),
        many=sum(count >= 3 for count in counts),
        long=sum(len(word) > 6 and word.casefold() not in known for word in words),
    )


def measured(text: str, language: str) -> float | None:
    """What the language's measure says. None for a text that is too short to measure."""
    found = counted(text, language)
    return None if found is None else MEASURES[language].of(found)
