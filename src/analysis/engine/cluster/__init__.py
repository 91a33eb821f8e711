"""A sweep on a Dask cluster, to the same bytes.

``runs``                 jobs in, their runs made on a cluster
``client``               an address, a client of its scheduler
``archive, folder``      the files that travel, and where they are unpacked
``task, runner, serve``  what a worker is sent, and the clean process beside it
``results``              what comes back
"""
