# SPDX-License-Identifier: Apache-2.0
"""The ladder: who may decide what about whom, in which rooms, what it changes there, and its way back."""
