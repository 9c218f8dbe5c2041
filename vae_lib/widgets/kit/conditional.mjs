// A dense conditional VAE with two latents: what conditional.py packed, and the decoder run forwards. It knows no element
// and no page.
import { activate, denseLayer } from "./dense.mjs";
import { byInput, sparseForward } from "./sparse.mjs";
import { byteReader } from "./payload.mjs";

/** The network and what comes with it: {classes, image, encoder, heads, decoder, codes, labels, terms, examples}. */
export function readConditional(header, buffer) {
  if (header?.format !== 1 || header.kind !== "conditional") {
    throw new Error("its weights are not those of a conditional VAE in format 1; build the book anew");
  }
  const reader = byteReader(buffer);
  const layer = (sizes) => {
    const weight = reader.halves(sizes.inputs * sizes.outputs);
    return byInput(denseLayer({ ...sizes, weight, bias: reader.halves(sizes.outputs) }));
  };
  const [encoder, heads, decoder] = [header.encoder, header.heads, header.decoder].map((each) => each.map(layer));
  const codes = reader.halves(2 * header.codes);
  const labels = reader.take(header.codes);
  reader.end();
  const { classes, image, terms, examples } = header;
  return { classes, image, encoder, heads, decoder, codes, labels, terms, examples };
}

/** The logits of p(x|z, y). They are the last layer's own room: read them before the next call. */
export function decodeLogits({ decoder, classes }, z, label) {
  const input = new Float32Array(2 + classes);
  input.set(z);
  input[2 + label] = 1;
  return sparseForward(decoder, input);
}

/** The picture the decoder writes at z as this digit: numbers from 0 to 1, in the last layer's own room. */
export function decodeAs(network, z, label) {
  return activate("sigmoid", 0, decodeLogits(network, z, label));
}
