# SPDX-License-Identifier: Apache-2.0
"""`kithroom library feed`: what a community's library gives to others, and what it takes from theirs."""
