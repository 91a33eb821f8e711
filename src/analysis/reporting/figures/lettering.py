"""One line of words at a known place in, the same line drawn without being laid out anew."""

from __future__ import annotations

from matplotlib.backend_bases import RendererBase
from matplotlib.patheffects import PathEffectRenderer
from matplotlib.text import Text

_SHIFT = {"left": 0.0, "center": 0.5, "right": 1.0}
"""Share of its width by which a line begins before its place."""


class Line(Text):
    """A text of one line on its baseline, as sheets write it: no box, mathematics, rotation.

    matplotlib lays a text out on each drawing, which measures every letter again; of a
    line that begins at its place nothing need be measured. The bytes are the same.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Draw the line as `matplotlib.text.Text` does."""
        renderer.open_group("text", self.get_gid())
        context = renderer.new_gc()
        context.set_foreground(self.get_color())
        context.set_antialiased(self.get_antialiased())
        context.set_snap(self.get_snap())
        # Axes without frame or rotation clip by their box, never by a path.
        if (clip := self.get_clip_box()) is not None:
            context.set_clip_rectangle(clip)
        x, y = self._start(renderer)
        effects = self.get_path_effects()
        pen = PathEffectRenderer(effects, renderer) if effects else renderer
        pen.draw_text(
            context, x, y, self.get_text(), self.get_fontproperties(), 0.0, ismath=False, mtext=self
        )
        context.restore()
        renderer.close_group("text")
        self.stale = False

    def _start(self, renderer: RendererBase) -> tuple[float, float]:
        x, y = self.get_transform().transform(self.get_position())
        if shift := _SHIFT[self.get_horizontalalignment()]:
            width, _, _ = renderer.get_text_width_height_descent(
                self.get_text(), self.get_fontproperties(), ismath=False
            )
            x -= shift * width
        return x, renderer.get_canvas_width_height()[1] - y if renderer.flipy() else y
