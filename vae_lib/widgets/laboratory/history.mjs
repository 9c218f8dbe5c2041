// The course of a run, to draw its curves from. It knows no network.

/** Numbers that are added one by one; its room doubles when it is full, so that few additions allocate. */
class Course {
  constructor() {
    this.room = new Float32Array(1024);
    this.length = 0;
  }

  add(number) {
    if (this.length === this.room.length) {
      const wider = new Float32Array(2 * this.room.length);
      wider.set(this.room);
      this.room = wider;
    }
    this.room[this.length++] = number;
  }

  /** The numbers so far, seen and not copied. */
  get values() {
    return this.room.subarray(0, this.length);
  }
}

/**
 * Of each step the batch means `reconstruction` (−log p(x|z)) and `kl` in nats, the latter NaN where there was no
 * noise, and the `beta` it was weighed with: `history.kl.values[step - 1]`. `heldOut` is a list of what was measured
 * between steps: {step, reconstruction, kl, negativeElbo}.
 */
export class History {
  constructor() {
    this.reconstruction = new Course();
    this.kl = new Course();
    this.beta = new Course();
    this.heldOut = [];
  }

  add(reconstruction, kl, beta) {
    this.reconstruction.add(reconstruction);
    this.kl.add(kl);
    this.beta.add(beta);
  }

  /** Keeps a measurement; one at the same step takes the place of the one before. */
  hold(step, { reconstruction, kl, negativeElbo }) {
    if (this.heldOut.at(-1)?.step === step) this.heldOut.pop();
    this.heldOut.push({ step, reconstruction, kl, negativeElbo });
  }
}
