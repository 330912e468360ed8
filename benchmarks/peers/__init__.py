# SPDX-License-Identifier: Apache-2.0
"""What Kithroom is measured beside: each is a program that answers `!find …` in a thread, and nothing else."""
