// How a training is seen to have broken, and how that is said. It knows no step that breaks it.

/**
 * A reconstruction that costs so many times what it costs to say nothing, p = 1/2 or a mean that is 1 off everywhere,
 * comes from weights that have been thrown about. Learning rates that work stay below 2 of it; of those that passed 20,
 * none ever learned anything.
 */
const TOO_MUCH = 20;

/** {term, value} of what broke in a step's {reconstruction, kl}, or null. */
export function brokenTerm({ reconstruction, kl }, pixels, { likelihood, variance }) {
  const nothing = pixels * (likelihood === "bernoulli" ? Math.LN2 : 1 / (2 * variance));
  // Written so that NaN breaks it, too.
  if (!(reconstruction < TOO_MUCH * nothing)) return { term: "reconstruction", value: reconstruction };
  return Number.isFinite(kl) ? null : { term: "kl", value: kl };
}

/** A run's fault, {step, term, value, learningRate}, in two sentences for the reader. */
export function faultWords({ step, term, value, learningRate }) {
  const names = { reconstruction: "the reconstruction", kl: "the KL" };
  const what = names[term] ?? `a weight of the layer ${term}`;
  const broken = Number.isNaN(value) ? "not a number" : "infinite";
  const size = Number.isFinite(value) ? `${Number(value.toPrecision(2))} nats` : broken;
  return (
    `At step ${step} ${what} became ${size}: a learning rate of ${learningRate} is too much here. ` +
    "What you see is the network before that step; choose a smaller rate and start again."
  );
}

/** What is said of a layer, "encoder" or "decoder", whose units are all cut off for every digit. */
export function silentWords(layer) {
  return (
    `No unit of the ${layer} answers to any digit any more: its ReLUs are all cut off, no gradient reaches them, ` +
    "and nothing brings them back. Start again, with a smaller learning rate or a smaller β."
  );
}
