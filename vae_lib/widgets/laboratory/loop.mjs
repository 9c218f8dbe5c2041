// Steps between frames: as many as fit, and none while nobody looks. It knows no run and no picture.
//
// Workers are not to be had on a page opened by double click, so that training and painting share each frame.

const LEAST = 9; // Milliseconds of a frame for steps, where painting is quick.
const MOST = 30;
const SHARE = 1.6; // Where painting is slow, steps get so many times as long.
const CALM = 1000; // Milliseconds between paints for readers who asked for little motion.

/** How long the steps of the next frame may take, in milliseconds, after paints of that length. */
export function budgetAfter(painting) {
  return Math.min(Math.max(LEAST, SHARE * painting), MOST);
}

/**
 * A loop {running, play, pause, dispose}. In each frame `step()` is called until the frame's time is used, and
 * gives back false where no more steps can be taken; then `paint()`. `paused(why)` is called when it stops: "asked",
 * "sight" when `root` is scrolled away or the page hidden, "fault" when `step` ended it.
 */
export function createLoop({ root, step, paint, paused }) {
  let [frame, painting, lastPaint] = [0, 0, 0];
  let seen = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const pause = (why = "asked") => {
    if (!frame) return;
    cancelAnimationFrame(frame);
    frame = 0;
    paused(why);
  };
  const work = () => {
    const began = performance.now();
    const until = began + budgetAfter(painting);
    let going = step();
    while (going && performance.now() < until) going = step();
    return going;
  };
  const tick = () => {
    frame = requestAnimationFrame(tick);
    if (!work()) return pause("fault");
    const began = performance.now();
    if (calm.matches && began - lastPaint < CALM) return;
    lastPaint = began;
    paint();
    // Smoothed: one long paint in ten should not stretch the frames after it.
    painting += 0.1 * (performance.now() - began - painting);
  };
  const out = () => (document.hidden || !seen) && pause("sight");
  const sight = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting;
    out();
  });
  sight.observe(root);
  document.addEventListener("visibilitychange", out);
  return {
    get running() { return frame !== 0; },
    play() {
      frame ||= requestAnimationFrame(tick);
    },
    pause,
    dispose() {
      cancelAnimationFrame(frame);
      frame = 0;
      sight.disconnect();
      document.removeEventListener("visibilitychange", out);
    },
  };
}
