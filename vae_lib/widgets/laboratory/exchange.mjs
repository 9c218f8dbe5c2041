// A run as a message to a kernel, which keeps what it brings. It knows no kernel.

/** [content, buffers]: the weights in the model's order, the course of the costs, and what was measured held out. */
export function trainedMessage(run) {
  const { reconstruction, kl, beta, heldOut } = run.history;
  const or = (value) => value ?? NaN;
  const rows = heldOut.flatMap((each) => [each.step, each.reconstruction, or(each.kl), or(each.negativeElbo)]);
  const numbers = [run.weights(), reconstruction.values, kl.values, beta.values, Float32Array.from(rows)];
  // Copies: a view would send the room that the course has still to fill.
  const buffers = numbers.map((each) => each.slice().buffer);
  return [{ type: "trained", step: run.taken, settings: { ...run.settings } }, buffers];
}
