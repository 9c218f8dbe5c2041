// The scales of a plane whose points are Gaussians, μ across and log σ² up. It knows nothing of what lies on it.
import { numberText } from "./plane.mjs";
import { writeAt } from "./marks.mjs";

/** Numbers along the edges: μ below, log σ² on the left, and on the right the σ of `deviations`, by their names. */
export function paintGaussianScales({ context, width, height, colours, font }, map, [left, right, bottom, top], deviations) {
  const plain = { font, colour: colours.muted, halo: colours.surface };
  const name = { font, colour: colours.ink, halo: colours.surface, size: 14, italic: true };
  // Half a unit from each end: a number at the very edge would be cut.
  for (let tick = Math.ceil(left + 0.5); tick <= right - 0.5; tick++) {
    writeAt(context, numberText(tick, 0), [map.toPixel([tick, 0])[0], height - 10], { ...plain, align: "center" });
  }
  for (let tick = Math.ceil(bottom + 0.5); tick <= top - 0.5; tick++) {
    writeAt(context, numberText(tick, 0), [5, map.toPixel([0, tick])[1]], plain);
  }
  for (const [text, sigma] of Object.entries(deviations)) {
    const [, y] = map.toPixel([0, 2 * Math.log(sigma)]);
    writeAt(context, text, [width - 5, y], { ...plain, align: "right" });
  }
  writeAt(context, "μ", [width - 6, height - 11], { ...name, align: "right" });
  writeAt(context, "log σ²", [5, 12], name);
}
