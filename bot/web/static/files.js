// What a patient sent beside words: pictures to look at, the rest to download, and what a machine heard.

import { h, icon, say, words } from "./page.js";

/** The files of a message, or null. */
export function filesOf(message, conversation) {
  if (!message.files?.length) return null;
  return h("ul", { class: "files" }, message.files.map((file) => h("li", { class: `file file-${file.state}` }, shown(file, conversation))));
}

function shown(file, conversation) {
  if (file.state !== "kept") {
    const why = { waiting: words.file_waiting, expired: words.file_expired }[file.state] ?? words[`file_${file.why}`] ?? words.file_gone;
    return h("p", { class: "file-note" }, icon(file.state === "waiting" ? "clock" : "file", "small"), why);
  }
  if (file.kind === "image") return link(file, conversation, picture(file, conversation));
  return [
    link(file, conversation, icon("file", "small"), h("bdi", {}, file.name || words[`kind_${file.kind}`]), " ", size(file.size)),
    file.heard ? heard(file) : null,
  ];
}

/** Always one of our own addresses, made of ids: nothing that a patient wrote is in it. */
function address(file, conversation) {
  return `/inbox/conversations/${encodeURIComponent(conversation)}/files/${encodeURIComponent(file.id)}`;
}

function link(file, conversation, ...shown) {
  const element = h("a", { class: "file-link" }, ...shown);
  element.href = address(file, conversation);
  element.target = "_blank";
  element.rel = "noopener";
  return element;
}

function picture(file, conversation) {
  const element = h("img", { class: "file-picture" });
  element.alt = words.kind_image;
  element.loading = "lazy";
  element.src = address(file, conversation);
  return element;
}

function heard(file) {
  return h(
    "p",
    { class: "file-heard" },
    h("span", { class: "quiet-text" }, say("file_heard", { percent: String(Math.round((file.heard_surely ?? 0) * 100)) })),
    h("q", { dir: "auto" }, file.heard),
  );
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
