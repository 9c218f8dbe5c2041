// Canvases that stay sharp, and paints that wait for their frame. It knows nothing of what is painted.

/** A function that has `paint` called once in the next frame, however often it is called; `.cancel()` forgets it. */
export function oncePerFrame(paint) {
  let frame = 0;
  const request = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  };
  request.cancel = () => {
    cancelAnimationFrame(frame);
    frame = 0;
  };
  return request;
}

/**
 * Paints `canvas` in the screen's own pixels, anew when its size or the screen's density changes. `paint` gets a
 * context, a width and a height in CSS pixels. Gives {repaint, dispose}.
 */
export function sharpCanvas(canvas, paint) {
  const repaint = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return;
    const density = globalThis.devicePixelRatio || 1;
    const size = [Math.round(width * density), Math.round(height * density)];
    // Only where it changes: setting a canvas's size, even to itself, takes its memory anew.
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const context = canvas.getContext("2d");
    context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
    paint(context, width, height);
  };
  const sizes = new ResizeObserver(repaint);
  sizes.observe(canvas);
  // A window dragged to a screen of another density keeps its size in CSS pixels.
  addEventListener("resize", repaint);
  return {
    repaint,
    dispose() {
      sizes.disconnect();
      removeEventListener("resize", repaint);
    },
  };
}
