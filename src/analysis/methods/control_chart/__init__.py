"""Small counts by period in; single odd periods and sustained shifts told apart, out.

``laws``         what chance alone does to a count: Poisson, or wider by a dispersion
``cases``        persons and the cases they came in; cases counted, or the inflation they cause
``chart``        limits and runs that hold a stated false-alarm rate per series
``cusum``        sustained shifts, with an exact run length
``performance``  false alarms and detections of all this, simulated
"""

from analysis.methods.control_chart.cases import Cases, count_cases
from analysis.methods.control_chart.chart import Chart, Signal, control_chart
from analysis.methods.control_chart.cusum import Cusum, Side, cusum
from analysis.methods.control_chart.laws import probability_limits
from analysis.methods.control_chart.performance import ChartPerformance, chart_performance

__all__ = [
    "Cases",
    "Chart",
    "ChartPerformance",
    "Cusum",
    "Side",
    "Signal",
    "chart_performance",
    "control_chart",
    "count_cases",
    "cusum",
    "probability_limits",
]
