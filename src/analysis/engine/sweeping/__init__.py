"""One notebook, many combinations of values.

``grid, grid_file``  values per parameter, as somebody wrote them
``sweep``            the runs, here or elsewhere
``grid_tables``      tables whose bytes follow from their lines
"""
