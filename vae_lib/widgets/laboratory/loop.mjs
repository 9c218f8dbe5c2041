// Steps between frames: as many as fit, and none while nobody looks. It knows no run and no picture.
//
// Workers are not to be had on a page opened by double click, so that training and painting share each frame.

const LEAST = 10; // Milliseconds of a frame for steps, where painting is quick.
const MOST = 28;
const SHARE = 1.6; // Where painting is slow, steps get so many times as long.
const FILLED = 0.85; // Of the time between frames that painting leaves.
const REMEMBERED = 12; // Frames whose shortest says how often the browser paints.
const CALM = 1000; // Milliseconds between paints for readers who asked for little motion.

/** How long the steps of a frame may take, where painting takes so long and frames come so far apart; milliseconds. */
export function budgetFor(painting, between) {
  return Math.min(Math.max(LEAST, SHARE * painting, FILLED * (between - painting)), MOST);
}

/**
 * A loop {running, play, pause, dispose}. In each frame `step()` is called until the frame's time is used, and
 * gives back false where no more steps can be taken; then `paint()`. `paused(why)` is called when it stops: "asked",
 * "sight" when `root` is scrolled away or the page hidden, "fault" when `step` ended it.
 */
export function createLoop({ root, step, paint, paused }) {
  let [frame, painting, lastPaint, lastFrame] = [0, 0, 0, 0];
  let between = [];
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
    // The shortest of a few: one long frame should not make the next ones long.
    const until = began + budgetFor(painting, Math.min(...between, MOST + LEAST));
    let going = step();
    while (going && performance.now() < until) going = step();
    return going;
  };
  const tick = (now) => {
    frame = requestAnimationFrame(tick);
    between = [...between, now - lastFrame].slice(-REMEMBERED);
    lastFrame = now;
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
    get running() {
      return frame !== 0;
    },
    play() {
      [between, lastFrame] = [[], performance.now()];
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
