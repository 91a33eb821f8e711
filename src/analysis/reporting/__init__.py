"""Findings and published rows in, what a reader sees out.

``figures``     pictures: title from the verdict, counts printed, text alternative
``tables``      worded tables with row ids and a source line
``shown``       what both return: an object that a notebook displays
``frames``      published tables as lines of words
"""
