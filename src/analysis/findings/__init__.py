"""A number that never parts from its sentence, interval, grade and breaks.

``record``    one maker for each kind of finding
``verdict``   the verdict word, from limits, breaks and silences
``word``      ratios, limits and breaks as phrases
``shown``     a finding as a notebook shows it
``register``  the findings of executed notebooks, equal in both languages
``export``    JSON, CSV, Parquet and a workbook
``cite``      a paragraph that cites a finding
"""
