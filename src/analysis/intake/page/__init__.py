"""What a sender is asked for in, one page that checks a file and makes tokens offline out."""

from analysis.intake.page.writing import page

__all__ = ["page"]
