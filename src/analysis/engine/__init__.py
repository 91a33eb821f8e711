"""Runs parameterised notebooks; knows nothing of what they study.

``build``     many runs in parallel, in the order they wait for each other
``graph``     which waits for which
``events``    what a build tells whoever watches it (the command draws the display)
``store``     a folder that is the old state or the new one
``notebook``  what a notebook declares and is given
``running``   one job in, one executed notebook out
``workers``   the processes that run jobs
``warm``      kernels forked from a process that has packages loaded
``reuse``     what need not be run again, and why
``sweeping``  one notebook, many combinations of values
``cluster``   the same on a Dask cluster
``manifest``  what a report was made of, and whether it comes out again
"""
