"""Runs parameterised notebooks; knows nothing of what they study.

``parameters``  what a notebook can be given, and whether what was given fits
``run``         one notebook, one kernel, one executed notebook
``events``      what a build tells whoever watches it (the command draws the display)
``build``       many runs in parallel, in the order they wait for each other
``store``       a folder that is the old state or the new one
``recorder``    which data files a running notebook read
"""
