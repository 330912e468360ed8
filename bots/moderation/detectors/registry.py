# SPDX-License-Identifier: Apache-2.0
"""The detectors that every community has. A new one is added here, and nowhere else."""

from __future__ import annotations

from bots.moderation.detectors.finding import Detector
from bots.moderation.detectors.identity import Identity

DETECTORS: tuple[Detector, ...] = (Identity(),)
