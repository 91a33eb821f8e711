"""Pure statistics: plain numbers in, frozen results out. No files, plans or dates of today.

``confidence``      a confidence level, checked, and the tail it leaves
``counts``          bounds as sources print them, checked: a count, counts by year
``rates``           counts with exposure: rates, rate ratios and p-values by exact methods
``dispersion``      yearly counts: rate ratios that allow for years varying more than chance
``power``           the smallest ratio that so few events could have shown
``comparators``     the rank of one country's ratio among others
``counterfactual``  how many years a counterfactual needs before it may be built
"""
