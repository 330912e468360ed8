# SPDX-License-Identifier: Apache-2.0
"""The detectors that every community has. A new one is added here, and nowhere else."""

from __future__ import annotations

from bots.moderation.detectors.finding import Detector
from bots.moderation.detectors.harm import Harm
from bots.moderation.detectors.identity import Identity
from bots.moderation.detectors.instructing import Instructing
from bots.moderation.detectors.selling import Selling

DETECTORS: tuple[Detector, ...] = (Identity(), Selling(), Instructing(), Harm())
