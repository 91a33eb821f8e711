"""The whole study: an evaluation in, notebooks run, findings and report out.

Rooms never import each other; here the one is handed what the other makes.

``building``      an evaluation in, its report out
``report_jobs``   an evaluation in, its runs out
``report_stamp``  whether anything changed since the last build
``report_kept``   what the last build wrote, taken over where it would come out the same
``reports``       executed notebooks in, findings, pages and documents out
``alone``         one notebook and its parameters in, its pages out
``executing``     any notebooks in, executed notebooks out: of the study or of none
``sweeping``      a notebook and a grid in, one table of findings out
``compared``      what a notebook is given in, the comparison that it would open out
``freshness``     which runs are fresh, stale or failed, and why
``proving``       the run manifest, and a report built again from it
``built``         what builds left: their findings, and taking them away
``records``       questions about the published record
``named``         a name in, the thing it names out
"""
