"""Runs parameterised notebooks; knows nothing of what they study.

``parameters``  what a notebook can be given, and whether what was given fits
``run``         one notebook, one kernel, one executed notebook
``build``       many runs in parallel, in the order they wait for each other
``store``       a folder that is the old state or the new one
``progress``    what runs, is done, is left
``recorder``    which data files a running notebook read
"""
