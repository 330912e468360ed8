# SPDX-License-Identifier: Apache-2.0
"""What no bot says: an order, a promise nobody can keep, a comparison, or a feeling claimed to be known.

The other languages also have words that make a woman or a man of everybody, and stiff ones for "you".
"""

from __future__ import annotations

_ENGLISH = """
    you should / you must / you have to / you need to / you ought to
    it gets better / will get better / be fine / don't worry / at least / calm down / cheer up / stay positive
    others have it worse / could be worse / everything happens for a reason / just relax
    i understand how you feel / i know how you feel / i understand what you
    commit suicide / committed suicide / attention seeking / suffer from / suffers from / victim
    simply / obviously / 100% safe / completely anonymous / we promise / i promise
    abuse the / violation / violated / please note
"""
_SPANISH = """
    debes / deberías / tienes que / tendrías que / hay que / has de / te toca
    todo mejora / va a mejorar / mejorará / todo irá bien / todo va a ir bien / todo saldrá bien / se te pasará
    al menos / por lo menos / no te preocupes / cálmate / tranquilo / tranquila / anímate / relájate / ánimo
    hay quien está peor / otros están peor / podría ser peor / todo pasa por algo / todo pasa por una razón
    sé cómo te sientes / sé lo que sientes / entiendo cómo te sientes / entiendo lo que sientes
    cometer suicidio / cometió suicidio / llamar la atención / sufre de / sufren de / víctima / víctimas
    simplemente / obviamente / 100 % seguro / totalmente anónimo / te prometo / prometemos
    infracción / infringido / ten en cuenta
    usted / bienvenido / los moderadores / un moderador / el moderador / los organizadores / los usuarios
"""
_FRENCH = """
    tu dois / tu devrais / tu devras / il faut que tu / il te faut
    ça va aller / ça ira mieux / tout ira bien / ça va s'arranger / tout va s'arranger / ça passera / tout s'arrange
    au moins / ne t'inquiète pas / t'inquiète / calme-toi / courage / détends-toi / reste positif / reste positive
    il y a pire / d'autres ont pire / ça pourrait être pire / rien n'arrive par hasard
    je sais ce que tu ressens / je comprends ce que tu / je sais ce que c'est
    commettre un suicide / attirer l'attention / souffre de / souffrent de / souffres de / victime / victimes
    simplement / évidemment / 100 % sûr / totalement anonyme / je te promets / nous promettons / promis
    violation / infraction / veuillez / note bien
    vous / votre / vos / bienvenu / un modérateur / les modérateurs / le modérateur / les organisateurs
"""
_GERMAN = """
    du musst / musst du / du solltest / solltest du / du sollst / du brauchst nur
    es wird besser / wird besser / alles wird gut / wird schon / das geht vorbei / geht vorbei / wird wieder
    wenigstens / immerhin / keine sorge / mach dir keine sorgen / beruhige dich / kopf hoch / entspann dich
    anderen geht es schlechter / könnte schlimmer sein / andere haben es schlimmer / alles hat einen grund
    ich weiß, wie du dich fühlst / ich weiß, wie es dir geht / ich verstehe, wie du / ich verstehe, was du
    selbstmord / aufmerksamkeit erregen / leidet an / leiden an / leidest an / opfer
    einfach / natürlich / offensichtlich / 100 % sicher / völlig anonym / ich verspreche / wir versprechen
    verstoß / verstoßen / bitte beachte
    moderatoren / ein moderator / der moderator / ein moderator / organisatoren / nutzer / teilnehmer
"""
_PORTUGUESE = """
    você deve / você deveria / você tem que / você tem de / você precisa / você terá que / tem que
    vai melhorar / tudo vai dar certo / vai ficar tudo bem / tudo vai ficar bem / vai passar / tudo melhora
    pelo menos / ao menos / não se preocupe / acalme-se / se acalme / fique calmo / fique calma / relaxe / ânimo
    há quem esteja pior / tem gente pior / poderia ser pior / podia ser pior / tudo acontece por uma razão
    sei como você se sente / sei o que você sente / entendo como você / entendo o que você
    cometer suicídio / cometeu suicídio / chamar a atenção / chamar atenção / sofre de / sofrem de / vítima / vítimas
    simplesmente / obviamente / 100% seguro / totalmente anônimo / prometo / prometemos
    violação / violou / observe que
    senhor / senhora / bem-vindo / bem-vinda / obrigado / obrigada / um moderador / os moderadores / o moderador
"""

BANNED = {
    language: tuple(phrase.strip() for line in phrases.split("\n") for phrase in line.split(" / ") if phrase.strip())
    for language, phrases in (
        ("en", _ENGLISH),
        ("es", _SPANISH),
        ("fr", _FRENCH),
        ("de", _GERMAN),
        ("pt", _PORTUGUESE),
    )
}
# The German "you" of offices differs from "they" by its capital only, which says something within a sentence.
OFFICIAL = {"de": r"(?<=[\w,] )(Sie|Ihnen|Ihr|Ihre|Ihren|Ihrem|Ihrer)\b"}
