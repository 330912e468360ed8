# SPDX-License-Identifier: Apache-2.0
"""The policy list that the community publishes: whom it advises others to keep out, by a person's word each time."""
