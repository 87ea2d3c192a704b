/** One expensive answer for all who ask at once. */

/**
 * Those who ask while `work` goes on share one more turn that begins after it: what anybody gets was found out after they
 * asked, which a decision by a listing relies on.
 */
export function inCommon<T>(work: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> | undefined;
  let following: Promise<T> | undefined;
  const turn = () => {
    following = undefined;
    const mine = work().finally(() => {
      if (current === mine) current = undefined;
    });
    current = mine;
    return mine;
  };
  return () => {
    if (!current) return turn();
    following ??= current.then(turn, turn);
    return following;
  };
}
