"""pooling: against metafor's printed example, against definitions, at its edges."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import norm, t
from statsmodels.stats.meta_analysis import combine_effects

from analysis.errors import MethodError
from analysis.methods.pooling import Estimator, random_effects

BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)
"""Tuberculosis yes, no among vaccinated; yes, no among others: the 13 trials of Colditz et al.
(1994), JAMA 271, 698-702, as data set dat.bcg of the R package metafor."""

ESTIMATORS: tuple[Estimator, ...] = ("REML", "DL", "PM")

Numbers = npt.NDArray[np.float64]


def log_risk_ratios() -> tuple[Numbers, Numbers]:
    """Log risk ratios of the trials and their variances."""
    ill, well, other_ill, other_well = BCG.T
    n, other_n = ill + well, other_ill + other_well
    estimates = np.log(ill / n) - np.log(other_ill / other_n)
    return estimates, 1 / ill - 1 / n + 1 / other_ill - 1 / other_n


@st.composite
def studies(draw: st.DrawFn, fewest: int = 2) -> tuple[Numbers, Numbers]:
    """Two to eight estimates with standard errors within a factor of ten."""
    k = draw(st.integers(fewest, 8))
    estimates = draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))
    errors = draw(st.lists(st.floats(0.1, 1), min_size=k, max_size=k))
    return np.array(estimates), np.array(errors) ** 2


# Reference


def test_reml_prints_what_metafor_prints_for_the_bcg_trials() -> None:
    """Metafor's documentation: rma(yi, vi) and its confint, to the digits printed there."""
    found = random_effects(*log_risk_ratios(), estimator="REML")
    assert found.normal.value == pytest.approx(-0.7145, abs=5e-5)
    assert found.standard_error == pytest.approx(0.1798, abs=5e-5)
    assert (found.normal.low, found.normal.high) == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    assert found.tau2.value == pytest.approx(0.3132, abs=5e-5)
    assert (found.tau2.low, found.tau2.high) == pytest.approx((0.1197, 1.1115), abs=5e-5)
    assert 100 * found.i2 == pytest.approx(92.22, abs=5e-3)
    assert found.h2 == pytest.approx(12.86, abs=5e-3)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.q_p < 1e-4
    assert found.studies == 13


def test_dersimonian_laird_prints_what_metafor_prints_for_the_bcg_trials() -> None:
    """Metafor's documentation: rma(yi, vi, method="DL")."""
    found = random_effects(*log_risk_ratios(), estimator="DL")
    assert found.normal.value == pytest.approx(-0.7141, abs=5e-5)
    assert found.standard_error == pytest.approx(0.1787, abs=5e-5)
    assert (found.normal.low, found.normal.high) == pytest.approx((-1.0644, -0.3638), abs=5e-5)
    assert found.tau2.value == pytest.approx(0.3088, abs=5e-5)
    assert 100 * found.i2 == pytest.approx(92.12, abs=5e-3)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
@pytest.mark.parametrize(("estimator", "method"), [("DL", "dl"), ("PM", "pm")])
@given(data=studies())
@settings(deadline=None, max_examples=30)
def test_moments_match_statsmodels_wherever_it_is_right(
    estimator: Estimator, method: str, data: tuple[Numbers, Numbers]
) -> None:
    """Reference: combine_effects, which lets DL go below 0 and stops PM at 1e-5."""
    y, v = data
    peer = combine_effects(y, v, method_re=method)
    found = random_effects(y, v, estimator=estimator)
    assert found.tau2.value == pytest.approx(max(0.0, peer.tau2), rel=1e-4, abs=2e-5)
    if peer.tau2 > 0:
        assert found.normal.value == pytest.approx(peer.mean_effect_re, abs=1e-4)
        assert found.standard_error == pytest.approx(peer.sd_eff_w_re, abs=1e-4)
        assert found.standard_error_hartung_knapp == pytest.approx(peer.sd_eff_w_re_hksj, abs=1e-4)


def test_hartung_knapp_limits_follow_from_their_definition() -> None:
    """Written out: weighted scatter over (k - 1), and t with k - 1 degrees of freedom."""
    y, v = log_risk_ratios()
    found = random_effects(y, v)
    w = 1 / (v + found.tau2.value)
    mean = np.sum(w * y) / np.sum(w)
    error = math.sqrt(np.sum(w * (y - mean) ** 2) / 12 / np.sum(w))
    reach = t.ppf(0.975, 12) * error
    assert (found.hartung_knapp.low, found.hartung_knapp.high) == pytest.approx(
        (mean - reach, mean + reach), rel=1e-12
    )
    assert found.effect == found.hartung_knapp
    spread = t.ppf(0.975, 11) * math.sqrt(found.tau2.value + found.standard_error**2)
    assert found.prediction is not None
    assert (found.prediction.low, found.prediction.high) == pytest.approx(
        (mean - spread, mean + spread), rel=1e-12
    )


# Properties


@given(studies())
@settings(deadline=None, max_examples=60)
def test_reml_stands_on_the_top_of_its_likelihood(data: tuple[Numbers, Numbers]) -> None:
    """Fisher scoring may stop too early or on a slope; a plain search is the judge."""
    y, v = data

    def against(between: float) -> float:
        w = 1 / (v + between)
        mean = np.sum(w * y) / np.sum(w)
        return float(
            0.5 * (np.sum(np.log(v + between)) + np.log(np.sum(w)) + np.sum(w * (y - mean) ** 2))
        )

    found = random_effects(y, v).tau2.value
    top = minimize_scalar(against, bounds=(0, 40), method="bounded", options={"xatol": 1e-9})
    grid = min(against(between) for between in np.linspace(0, 10, 200))
    assert against(found) <= min(top.fun, against(0.0), grid) + 1e-7


@given(studies(), st.floats(-5, 5), st.floats(0.1, 10))
@settings(deadline=None, max_examples=40)
def test_another_unit_changes_nothing_but_the_unit(
    data: tuple[Numbers, Numbers], shift: float, scale: float
) -> None:
    """Estimates in percent or per thousand must tell the same story."""
    y, v = data
    plain, other = random_effects(y, v), random_effects(shift + scale * y, scale**2 * v)
    assert other.effect.value == pytest.approx(shift + scale * plain.effect.value, abs=1e-6)
    assert other.effect.high - other.effect.low == pytest.approx(
        scale * (plain.effect.high - plain.effect.low), rel=1e-5
    )
    assert other.tau2.value == pytest.approx(scale**2 * plain.tau2.value, rel=1e-5, abs=1e-7)
    assert sum(other.weights) == pytest.approx(1)


def test_hartung_knapp_limits_keep_their_level_where_normal_ones_do_not() -> None:
    """Six studies that truly differ, 2,000 times: the reason for the wider pair."""
    rng = np.random.default_rng(20)
    v = np.array([0.05, 0.1, 0.2, 0.1, 0.3, 0.1])
    y = rng.normal(0, np.sqrt(v + 0.2), size=(2_000, 6))
    found = [random_effects(one, v, estimator="DL") for one in y]
    effect = np.mean([one.effect.low <= 0 <= one.effect.high for one in found])
    normal = np.mean([one.normal.low <= 0 <= one.normal.high for one in found])
    assert effect >= 0.94
    assert normal < 0.93


# Edges


def test_studies_that_agree_have_no_variance_between_and_the_wider_limits() -> None:
    """Three equal estimates: Hartung-Knapp limits have no width, which nobody should believe."""
    for estimator in ESTIMATORS:
        found = random_effects([0.4, 0.4, 0.4], [0.04, 0.05, 0.06], estimator=estimator)
        assert (found.tau2.value, found.i2, found.h2) == (0.0, 0.0, 1.0)
        assert found.hartung_knapp.high - found.hartung_knapp.low == pytest.approx(0, abs=1e-12)
        assert found.effect == found.normal
        assert found.effect.high - found.effect.low == pytest.approx(
            2 * norm.ppf(0.975) / math.sqrt(25 + 20 + 50 / 3)
        )


def test_two_studies_give_a_mean_and_no_prediction() -> None:
    """With one degree of freedom the limits are 12.7 standard errors wide, as they should."""
    found = random_effects([0.1, 0.9], [0.04, 0.04])
    assert found.prediction is None
    assert found.effect.value == pytest.approx(0.5)
    assert found.effect.high == pytest.approx(0.5 + t.ppf(0.975, 1) * 0.4)


@pytest.mark.parametrize(
    ("estimates", "variances", "said"),
    [
        ([0.4], [0.1], "estimates has 1 of at least 2"),
        ([0.4, 0.5], [0.1], "variances has 1 values beside 2"),
        ([0.4, 0.5], [0.1, 0.0], "1 of 2 variances are 0 or less"),
        ([0.4, math.inf], [0.1, 0.1], "missing or infinite"),
    ],
)
def test_refuses_what_cannot_be_pooled(
    estimates: list[float], variances: list[float], said: str
) -> None:
    """One study has no colleagues to differ from, and a weight needs a variance."""
    with pytest.raises(MethodError, match=said):
        random_effects(estimates, variances)


def test_refuses_an_unknown_estimator() -> None:
    """A typing error must not fall back to another method."""
    with pytest.raises(MethodError, match="no such estimator"):
        random_effects([1, 2], [1, 1], estimator="ML")  # type: ignore[arg-type]


def test_a_variance_that_has_no_weight_is_refused() -> None:
    """The inverse of 1e-300 squared is no number; it ended in a warning."""
    with pytest.raises(MethodError, match="2 of 2 variances are 0 or less, or nearly 0"):
        random_effects([0.1, 0.5], [1e-300, 1e-300])
