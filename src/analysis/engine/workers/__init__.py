"""Processes that run jobs one after another, forked from one that is ready.

``pool``     hand over a job, hear what becomes of it
``packages``  what their warm kernels should find loaded
``nursery``  how the processes are started
``worker``   what runs in them
"""
