# SPDX-License-Identifier: Apache-2.0
"""`kithroom pack`: a condition's room, words and entries as a signed folder, from one community to another."""
