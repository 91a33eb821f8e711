"""Submissions in, one pseudonymous row a person out."""
