# Figures that tests/methods/test_rates.py takes from R.
# Run: Rscript tests/reference/rates.R     (base R; figures in the tests: R 4.2.2)

# Limits of one count: Garwood (1936).
for (k in c(0, 1, 2, 3, 5, 8, 10, 20, 36, 100)) {
  low <- if (k == 0) 0 else qchisq(0.025, 2 * k) / 2
  high <- qchisq(0.975, 2 * k + 2) / 2
  cat(sprintf("garwood %d: %.10f %.10f\n", k, low, high))
}

# Breast cancer and fluoroscopy (Rothman, Epidemiology: An Introduction).
cases <- c(exposed = 41, unexposed = 15)
person_years <- c(28010, 19017)
exact <- poisson.test(cases, person_years)
cat(sprintf("ratio %.10f: %.10f %.10f\n", exact$estimate, exact$conf.int[1], exact$conf.int[2]))
cat(sprintf("p, less likely splits added up (not ours): %.12f\n", exact$p.value))

n <- sum(cases)
null <- person_years[1] / sum(person_years)
at <- dbinom(cases[1], n, null)
above <- pbinom(cases[1], n, null, lower.tail = FALSE)
below <- pbinom(cases[1] - 1, n, null)
cat(sprintf("p, smaller tail doubled: %.12f\n", min(1, 2 * min(above + at, below + at))))
cat(sprintf("p, smaller mid-p tail doubled: %.12f\n", min(1, 2 * min(above, below) + at)))

upper <- function(p) {
  pbinom(cases[1], n, p, lower.tail = FALSE) + dbinom(cases[1], n, p) / 2
}
limit <- function(tail) {
  share <- uniroot(function(p) upper(p) - tail, c(1e-9, 1 - 1e-9), tol = 1e-14)$root
  share / (1 - share) * person_years[2] / person_years[1]
}
cat(sprintf("mid-p limits: %.10f %.10f\n", limit(0.025), limit(0.975)))
