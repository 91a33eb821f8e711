"""Invented counts with a known truth in; how often our own methods are right about it, out.

``laws``    how events come about: one by one, in uneven years, several persons a case
``worlds``  two periods with a true change, a detector, a large case, hidden counts
``ratios``  exact and dispersed limits of thousands of tables at once
``judged``  bias, coverage and shares, each with its Monte Carlo error
``peers``   one country beside others: rank among them, difference of its change
``alarms``  control charts and CUSUMs on series in which nothing, or something, changes

What is computed here for thousands of draws at once equals what `rates`, `dispersion`,
`comparators`, `counterfactual` and `control_chart` compute one by one; tests hold it to that.
Nothing here ever becomes a finding.
"""
