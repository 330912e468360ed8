# SPDX-License-Identifier: Apache-2.0
"""`kithroom library evaluate`: how well the search finds, by questions that people judged, beside other engines."""
