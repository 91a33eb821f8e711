"""Danish and English: wording, numbers, dates.

``words``    sentences from the catalogues in ``wording/``, always in both languages
``registrations``  how a finding stands to its protocol
``numbers``  counts, ratios, values, years and dates in each language's form
"""
