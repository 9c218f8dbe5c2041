// How a figure gets its payload, whoever the host: `model` is anywidget's, or the page's.
//
// A figure gives values back by `model.save_changes()`, each at once. In a kernel one message is under way at a time and
// the next waits; a value that we held back ourselves would be undone by the kernel's echo of the one before.
import { readPayload } from "./payload.mjs";
import { showError, showNote, showStill } from "./stage.mjs";

const PATIENCE = 1000; // Milliseconds before an empty place is explained.
const SILENCE = 6000; // Milliseconds before it is filled by the still picture.
const SILENT =
  "A still picture: no kernel has answered. Run the cell to use the figure, or wait if the kernel is busy with another.";

/**
 * Asks for the payload, has `read(header, buffer)` make sense of it when it comes, and calls `build` with that; gives
 * back the function that stops everything. A silence is explained and then filled by the still picture, and the figure
 * takes the picture's place whenever the answer comes: a kernel that still runs another cell answers after it.
 */
export function withPayload(model, el, build, read = readPayload) {
  let stop = null;
  const patience = setTimeout(() => {
    showNote(el, "Waiting for the kernel to send the model. If it is busy with another cell, it answers after that.");
  }, PATIENCE);
  const silence = setTimeout(() => showStill(el, model.get("still_picture"), SILENT), SILENCE);
  const receive = (message, buffers) => {
    if (message?.type !== "payload" && message?.type !== "payload-missing") return;
    clearTimeout(patience);
    clearTimeout(silence);
    model.off("msg:custom", receive);
    try {
      if (message.error) throw new Error(message.error);
      if (message.type === "payload-missing") showNote(el, message.reason);
      else stop = build(read(message.header, buffers[0]));
    } catch (error) {
      showError(el, error);
    }
  };
  model.on("msg:custom", receive);
  model.send({ type: "payload-request" });
  return () => {
    clearTimeout(patience);
    clearTimeout(silence);
    model.off("msg:custom", receive);
    stop?.();
  };
}
