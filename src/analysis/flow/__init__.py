"""The whole study: an evaluation in, notebooks run, findings and report out.

Rooms never import each other; here the one is handed what the other makes.

``building``  an evaluation in, its report out
``alone``     one notebook and its parameters in, its pages out
``reports``   executed notebooks in, findings, pages and documents out
``built``     what builds left: their findings, and taking them away
``records``   questions about the published record
``named``     a name in, the thing it names out
"""
