"""Workbench: action plans against trafficking in human beings, evaluated in notebooks."""

__version__ = "0.1.0"
