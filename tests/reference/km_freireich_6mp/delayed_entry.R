# What R says of delayed_entry.csv (40 invented spells; status 1 and 2 are causes, 0 open).
# Run in this folder: Rscript delayed_entry.R. Used: R 4.2.2, survival 3.5-3.
library(survival)
options(digits = 12)
d <- read.csv("delayed_entry.csv")
d$one <- d$status == 1
d$b <- as.numeric(d$g == "b")

# Kaplan-Meier from entry on
f <- survfit(Surv(entry, time, one) ~ 1, data = d, conf.type = "log-log")
print(summary(f)[c("time", "n.risk", "surv", "std.err", "lower", "upper")])
print(summary(f)$table[c("median", "0.95LCL", "0.95UCL")])

# Log-rank, plain, stratified, Peto
for (v in list(survdiff(Surv(time, one) ~ g, data = d),
               survdiff(Surv(time, one) ~ g + strata(s), data = d),
               survdiff(Surv(time, one) ~ g, data = d, rho = 1))) {
  print(v$chisq); print(v$obs); print(v$exp)
}

# Cox: log ratios, errors, log-likelihoods
for (ties in c("breslow", "efron", "exact")) {
  z <- coxph(Surv(time, one) ~ x + b, data = d, ties = ties)
  cat(ties, coef(z), sqrt(diag(vcov(z))), z$loglik, "\n")
}
for (ties in c("breslow", "efron")) {
  z <- coxph(Surv(entry, time, one) ~ x + b, data = d, ties = ties)
  cat("entry", ties, coef(z), sqrt(diag(vcov(z))), z$loglik, "\n")
  print(cox.zph(z, "identity")$table)
  z <- coxph(Surv(entry, time, one) ~ x + b + strata(s), data = d, ties = ties)
  cat("entry strata", ties, coef(z), sqrt(diag(vcov(z))), z$loglik, "\n")
}
for (clock in c("identity", "rank", "km")) {
  z <- coxph(Surv(time, one) ~ x + b, data = d, ties = "efron")
  print(cox.zph(z, clock)$table); print(resid(z, "scaledsch")[1:3, ])
}

# Aalen-Johansen from entry on
a <- summary(survfit(Surv(entry, time, factor(status)) ~ 1, data = d, id = seq_len(nrow(d))))
print(cbind(a$time, a$pstate))

# Expected events under one subdistribution hazard (Fine & Gray)
for (cause in 1:2) {
  fg <- finegray(Surv(time, factor(status)) ~ g, data = d, etype = cause)
  z <- coxph(Surv(fgstart, fgstop, fgstatus) ~ b0, data = transform(fg, b0 = as.numeric(g == "b")),
             weights = fgwt, ties = "breslow", init = 0, control = coxph.control(iter.max = 0))
  left <- resid(z, "martingale", weighted = TRUE)
  print(tapply(left, fg$g, sum))
}

# Restricted means of the Freireich data
print(summary(survfit(Surv(time, cens) ~ treat, data = read.csv("data.csv")), rmean = 20)$table[, 5:6])
