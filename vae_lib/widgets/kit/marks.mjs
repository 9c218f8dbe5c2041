// Lines, arrows and words on a canvas, in CSS pixels. It knows nothing of what they show.

/** A line through points [x, y]; an empty list draws nothing. */
export function strokeLine(context, points, { colour, thick = 1, dash = [] }) {
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.setLineDash([]);
}

/** An arrow, or nothing where it would be shorter than its head. */
export function strokeArrow(context, [x, y], [toX, toY], { colour, thick = 3, head = 11 }) {
  const length = Math.hypot(toX - x, toY - y);
  if (length < head) return;
  const [ux, uy] = [(toX - x) / length, (toY - y) / length];
  strokeLine(context, [[x, y], [toX - 0.6 * head * ux, toY - 0.6 * head * uy]], { colour, thick });
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(toX, toY);
  context.lineTo(toX - head * (ux + 0.55 * uy), toY - head * (uy - 0.55 * ux));
  context.lineTo(toX - head * (ux - 0.55 * uy), toY - head * (uy + 0.55 * ux));
  context.fill();
}

/** Words beside a point, on a halo of the ground's colour where one is given. */
export function writeAt(context, text, [x, y], { font, colour, size = 12, italic = false, align = "left", halo = null }) {
  context.font = `${italic ? "italic " : ""}${size}px ${font}`;
  context.textAlign = align;
  context.textBaseline = "middle";
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
  }
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** Fills the whole picture with the ground's colour. */
export function clearTo(context, width, height, colour) {
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
}
