"""The reference pages that follow from the code: written by `python -m pledgewatch.docs`, checked by a test."""
