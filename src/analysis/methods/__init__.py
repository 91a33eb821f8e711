"""Pure statistics: plain numbers in, frozen results out. No files, plans or dates of today.

Input
    ``checked``             numbers, counts, periods, seeds: what a method may use, or a refusal
    ``scalars``             one number, one choice, one number of draws, or a refusal
    ``confidence``          a confidence level, checked, and the tail it leaves
    ``counts``              bounds as sources print them, checked: a count, counts by year
    ``design``              columns of a regression, checked

Counts and shares
    ``rates``               counts with exposure: rates, rate ratios and p-values by exact methods
    ``rate_difference``     how many more a year, with limits
    ``dispersion``          yearly counts: rate ratios that allow for years varying more than chance
    ``power``               the rise or fall that so few events could have shown
    ``standardised``        rates as if groups were of one size, and events beside those expected
    ``rate_models``         log-linear regression of counts with exposure (fits: ``rate_fits``)
    ``least_squares``       regression of a series with errors that neighbours in time share
    ``sample_size``         how many a comparison of shares or means would take
    ``proportions``         shares and their differences
    ``fisher``              two-by-two tables, exactly
    ``agreement``           whether two coders say the same
    ``elsewhere``           what other programs print, to recognise their figures
    ``comparators``         the rank of one country's ratio among others

Series and comparisons
    ``interrupted_series``  a change of level or slope at a date
    ``control_chart``       whether a year is unusual, where persons come in cases
    ``counterfactual``      what would have happened without the plan
    ``simulated``           worlds with a known truth, to judge the methods by

Persons and organisations
    ``survival``            time until an event, with delayed entry and competing ends
    ``networks``            who works with whom

What to make of it
    ``quality``             how good figures are
    ``multiplicity``        p-values of many hypotheses
    ``missing``             bounds, imputation, tipping points
    ``sensitivity``         what unseen causes would need to be
    ``pooling``             random effects over several studies
    ``multiverse``          every registered way to estimate one thing
    ``change``              why a number changed between two releases or periods, part by part

Importing a module is cheap: scipy's and statsmodels' large parts are loaded by the
function that needs them.
"""
