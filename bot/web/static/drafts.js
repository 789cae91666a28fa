// What somebody began to write, and for whom. It outlives the session and a page that is loaded anew, in this tab
// alone: whoever was signed out while the phone rang finds it again. Signing out by hand forgets it, and nobody
// else who signs in here sees it.

const PLACE = "drafts";
const author = () => document.querySelector('meta[name="who"]')?.content ?? "";

/** Conversation -> { draft, isNote } */
function all() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE));
    if (kept?.by === author()) return kept.of;
  } catch {
    // a browser that keeps nothing, or something else in our place
  }
  forgetDrafts();
  return {};
}

export const draftOf = (conversation) => all()[conversation] ?? { draft: "", isNote: false };

export function keepDraft(conversation, { draft, isNote }) {
  const { [conversation]: _before, ...others } = all();
  const of = draft ? { ...others, [conversation]: { draft, isNote } } : others;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ by: author(), of }));
  } catch {
    // it stays on the screen
  }
}

export function forgetDrafts() {
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // nothing was kept
  }
}
