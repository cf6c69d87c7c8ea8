"""Statements of the lecture as experiments with numbers: what can be shown of a network rather than said."""
