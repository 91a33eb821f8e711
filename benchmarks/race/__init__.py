"""What `benchmarks/engine.py` races, and against whom.

``notebooks``   six realistic notebooks and a short one, made anew each time
``clock``       runs in turn, their medians and ratios
``commands``    the commands of an interpreter, run with what a kernel may leave kept apart
``ours``        the six notebooks by ``workbench execute``, the short one by ``workbench sweep``
``peers``       the same by papermill, nbconvert, pytask, jupyter-cache, snakemake, joblib
``report``      the report of this workbench, by us and by papermill with nbconvert
``growth``      what a thousand runs leave behind in memory, processes and open files
"""
