"""Keys, tokens and the encrypted store: the one place where personal data is at rest."""
