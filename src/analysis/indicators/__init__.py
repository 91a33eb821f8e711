"""Definitions and cases in, plan by indicator by period by stratum out."""
