# SPDX-License-Identifier: Apache-2.0
"""Cries for help: which words are one, and who is told. Nobody is ever punished for them, or answered in public."""
