"""Cases that partners submit in, what they show out; without any, who owes them.

``asking``    what a notebook asks: `Partner`, a part of `Study`
``opening``   the encrypted store in, its cases out, or why none are read
``owed``      agreements in, which reports were owed by whom out

Only counts of persons leave this package, none below the evaluation's smallest count. What
rests on invented persons is labelled so, and stands beside the truth that is known of them.
"""
