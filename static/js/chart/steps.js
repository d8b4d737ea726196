/* The start of a page in several tasks: between them a slow phone shows what is there, and takes a finger. */

import { showBanner } from "../core/notices.js";

/**
 * Takes these steps, each in a task of its own. When one fails, the page says that it couldn't start (`needs.js` no
 * longer waits for it), and those after it aren't taken.
 *
 * @param {(() => void)[]} steps
 */
export async function startInSteps(steps) {
  document.documentElement.dataset.starting = "";
  try {
    for (const step of steps) {
      await new Promise((resolve) => setTimeout(resolve));
      step();
    }
  } catch (error) {
    showBanner("unstarted", true);
    throw error;
  }
}
