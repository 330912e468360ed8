# SPDX-License-Identifier: Apache-2.0
"""Which models are on this machine. They come inside their packages; a package that is not there is done without."""

from __future__ import annotations

from functools import cache

from bots.resources.finding.sentences import load_sentences
from bots.resources.finding.static import load_static
from bots.resources.finding.vectors import Encoder


@cache
def installed_encoders() -> tuple[Encoder, ...]:
    """All that can be loaded, loaded once; none where no package has a model."""
    return tuple(encoder for encoder in (load_static(), load_sentences()) if encoder is not None)
