# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a file, for the person who wrote it: where, in plain words, and what was probably meant."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bots.core.documents import Document, Location, Mistake, did_you_mean
from bots.core.settings.forms import Form

_SECRETS = ("password", "passwd", "passphrase", "secret", "token", "api_key", "apikey", "recovery_key", "private_key")

_PLAIN = {
    "missing": "{it} is missing.",
    "string_too_short": "{it} is empty.",
    "string_too_long": "{it} is too long: {max_length} characters at most.",
    "string_type": "{it} should be text.",
    "too_short": "{it} needs at least one entry.",
    "list_type": "{it} should be a list.",
    "dict_type": "{it} should be a text for each language.",
    "model_type": "{it} should have keys of its own.",
    "bool_parsing": "`{value}` is neither yes nor no.",
    "int_parsing": "`{value}` is not a whole number.",
    "greater_than_equal": "`{value}` is too small: {ge} at least.",
    "less_than_equal": "`{value}` is too large: {le} at most.",
}
_HINTS = {
    "string_type": "Text with a colon in it needs quotation marks around it.",
    "list_type": "Put each entry in a line that starts with a dash.",
    "dict_type": "Such as `en: Harbour`.",
    "model_type": "Indent them below it.",
    "bool_parsing": "Write `true` or `false`.",
}


def in_plain_words(document: Document, form: type[Form], details: ErrorDetails) -> Mistake:
    """Pydantic's finding, in plain words, at its line."""
    at = _place(document, details["loc"])
    context = details.get("ctx", {})
    kind, value = details["type"], details["input"]
    if kind == "extra_forbidden":
        return _unknown_key(document, form, at)
    if kind == "kithroom":
        return document.mistake(at, context["message"], context["hint"])
    if kind.startswith("date"):
        return document.mistake(at, f"`{value}` is not a date.", "Write year-month-day: `2026-11-23`.")
    it = _subject(document, at if kind != "missing" else (*at, details["loc"][-1]))
    if value is None and kind != "missing":
        return document.mistake(at, f"{it} has nothing in it.", "Write it after the colon, or take the line out.")
    message = _PLAIN.get(kind, "{it}: {problem}.").format(it=it, value=value, problem=details["msg"], **context)
    return document.mistake(at, message, _HINTS.get(kind))


def _place(document: Document, found: Location) -> Location:
    """Where in the file pydantic's place is: without the parts that only the forms know."""
    at: Location = ()
    for part in found:
        if (*at, part) in document.values:
            at = (*at, part)
    return at


def _subject(document: Document, at: Location) -> str:
    """What a mistake is about, as the beginning of a sentence."""
    if not at:
        return f"`{document.file.name}`"
    if isinstance(at[-1], int):
        above = next((f" of `{part}`" for part in reversed(at) if isinstance(part, str)), "")
        return f"Entry {at[-1] + 1}{above}"
    return f"`{at[-1]}`"


def _unknown_key(document: Document, form: type[Form], at: Location) -> Mistake:
    key = str(at[-1])
    if any(secret in key.casefold().replace("-", "_") for secret in _SECRETS):
        return document.mistake(
            at,
            f"`{key}` looks like a secret, and this folder is made to be shared.",
            "Take it out, and change it if others have seen it; secrets live in the secrets folder or the environment.",
            key=True,
        )
    known = list(_form_at(form, at[:-1]).model_fields)
    hint = did_you_mean(key, known) or f"There are: {', '.join(known)}."
    return document.mistake(at, f"There is no setting called `{key}` here.", hint, key=True)


def _form_at(form: type[BaseModel], at: Location) -> type[BaseModel]:
    """The form that describes the mapping at `at`."""
    for part in at:
        if isinstance(part, str) and part in form.model_fields:
            form = next(_forms_in(form.model_fields[part].annotation), form)
    return form


def _forms_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _forms_in(argument)
