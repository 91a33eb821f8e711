"""What need not be run again, and why.

``fingerprint, closure``    all that counts for what a run gives
``imported``                which modules a source names
``recorder``                the files that a run read
``cache, traces, objects``  what runs gave, kept by fingerprint
``explain``                 fresh, stale or failed, and the reasons
``stamp``                   whether anything changed since a build
"""
