/* Parts of the back office's pages, rendered by the server. */

/**
 * The part as the server has it now; null when it doesn't answer, or asks for a new login.
 *
 * @param {string} address
 * @returns {Promise<string | null>}
 */
export async function read(address) {
  try {
    const answer = await fetch(address);
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // so a browser calls a network that fails
    throw error;
  }
}
