"""The sourced published record: read it, check it, take series from it.

``files``     a path in, a table of text out
``load``      `open_record`: plans, countries, tables, breaks and rows by their id
``codes``     countries, indicators, labels and picks, from the code lists
``sets``      the international sets (``glotip``, ``policy``, ``people``) in one ``shape``
``rows``      a line of a table in, the sourced row a reader is led to out
``named``     what a breakdown or a country is called
``series``    one indicator of one country by year, by the publisher that a rule picks
``parts``     a total beside its parts, and whether they add up
``check``     `check_record`, `require_sound`: every error, and every oddity of the sources
``grid``, ``cells``, ``rules``   form of a file, content of a cell, rules across cells
``sums``      yearly figures beside totals published for several years
``oddities``  what is odd in the sources themselves
``problems``  what is wrong, and how a message says it
"""
