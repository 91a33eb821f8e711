"""Files that partners send in, valid and pseudonymous submissions and receipts out."""
