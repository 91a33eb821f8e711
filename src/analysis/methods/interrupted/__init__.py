"""The parts of an interrupted series; `analysis.methods.interrupted_series` is the front.

``series``          counts by period and the breaks asked about, checked
``design``          columns of the regression, with and without the breaks
``regression``      log-linear fits of many series at once
``fits``            terms with limits: quasi-Poisson by t, negative binomial
``errors``          the same term under other standard errors, and a test of two models
``autocorrelation`` whether residuals follow each other, and how weak that check is
``placebo``         the same model at dates where nothing began
``without_break``   what the model expects had nothing begun, and the excess
``simulation``      coverage and false alarms of all this, measured
"""
