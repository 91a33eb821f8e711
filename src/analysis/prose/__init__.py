"""Prose in, the places that say more than the evidence bears out.

``rules``    what may not be said, and what to write instead: data, in ``rules.yml``
``deeds``    a plan said to have brought something about, in everyday verbs: words in ``deeds.yml``
``texts``    a file in, its passages out: notebooks, Markdown, word files, templates
``strings``  the strings of a code cell that a reader may see
``quoted``   a text in, what a reader sees of it out, without what is quoted or is code
``context``  whether a sentence asserts what it says: negated, asked, possible, told of another
``shares``   percentages on fewer than twenty cases
``reach``    a workbench in, where its prose lies out
``lint``     passages in, hits out
"""
