"""What partners send and what becomes of it: the shapes in which rooms meet.

``forms``     which fields a row of each form has, in which unit it counts
``profiles``  what one sender may send, by which agreement, on which legal basis
``periods``   the span that a submission is for
``store``     submissions and their rows, as the encrypted store gives them back
``cases``     submissions resolved to persons, as indicators and notebooks read them
``reading``   forms, code lists and profiles from their files
"""
