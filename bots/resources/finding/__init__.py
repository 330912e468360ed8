# SPDX-License-Identifier: Apache-2.0
"""Finding the closest entries of a library, from the words of a worried person.

Words (two full-text tables added up, spelling mended) and meaning (vectors from a model that comes with its package)
are put together by a fixed formula. What each part gains was measured: see the bot's README.
This package knows its own `Entry` and nothing of Matrix, of YAML or of `Resource`.
"""

from __future__ import annotations

from bots.resources.finding.entry import ANYBODY, Answer, Entry, For, Match
from bots.resources.finding.index import Index, Opening, open_index
from bots.resources.finding.ranking import MOST_RESULTS

__all__ = ["ANYBODY", "MOST_RESULTS", "Answer", "Entry", "For", "Index", "Match", "Opening", "open_index"]
