"""Overlapping lists in, how many were on none of them, and how far that can be trusted, out.

``estimating``  a table of lists, every method's total for it, or why there is none
``checking``    the total again with lists left out, merged, hidden or assumed to be tied
``worlds``      invented lists whose truth is known, and how often each method's limits hold it
``told``        the finding on a table, or the refusal
``drawn``       what pictures are drawn from
``listed``      tables

What is said of invented lists is shown in tables and pictures labelled synthetic, and never
becomes a finding.
"""
