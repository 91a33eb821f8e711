"""The shapes in which rooms hand things to each other.

``values``      what a cell of the record can be: a number, an interval, or one of three silences
``published``   plans, breaks, series: what the published record gives
``findings``    a number with its sentence, interval, grade and breaks
``outputs``     what an executed notebook carries: findings, tables, figures, checks
"""
