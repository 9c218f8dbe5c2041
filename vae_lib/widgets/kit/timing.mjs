// How long a piece of work takes, for tests and the curious. It knows nothing of the work.

const KEPT_TIMES = 600;

/** `work`, which also keeps as `times` how many milliseconds each of its last 600 calls took. */
export function timed(work) {
  const times = [];
  const run = (...details) => {
    const began = performance.now();
    const done = work(...details);
    times.push(performance.now() - began);
    if (times.length > KEPT_TIMES) times.shift();
    return done;
  };
  return Object.assign(run, { times });
}
