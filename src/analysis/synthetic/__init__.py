"""A seed in, an invented country with a known truth and the files it would send out."""
