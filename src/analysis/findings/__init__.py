"""A number that never parts from its sentence, interval, grade and breaks.

``record``    one maker for each kind of finding
``verdict``   the verdict word, from limits, breaks and silences
``grades``    the evidence grade, from the design
``limitations``, ``departures``, ``registering``  what a finding cannot bear out, and how it
stands to its protocol
``recommendations``  what became of recommendations, and measures that answer none
``clauses``   what stands beside a comparison
``ways``      a headline under every registered choice
``word``      ratios, limits and breaks as phrases
``shown``     a finding as a notebook shows it
``register``  the findings of executed notebooks, equal in both languages
``export``    JSON, CSV, Parquet and a workbook
``cite``      a paragraph that cites a finding
"""
