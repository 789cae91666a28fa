// The button on the practice's own site, and the chat behind it: <script src=".../chat/widget.js" async></script>
// It sets no cookie, loads nothing else, and touches nothing of the page but what it adds itself.

(() => {
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const asked = (script.dataset.language || document.documentElement.lang || navigator.language).split("-")[0];
  const WORDS = {
    en: ["Chat with us", "Close the chat"],
    it: ["Scriva allo studio", "Chiudi la chat"],
    ru: ["Написать в клинику", "Закрыть чат"],
  };
  const language = asked in WORDS ? asked : "en";
  const [open, close] = WORDS[language];
  const colour = script.dataset.colour || "#0f766e";

  const button = document.createElement("button");
  const frame = document.createElement("iframe");
  button.type = "button";
  button.id = "chairside-button";
  button.setAttribute("aria-controls", "chairside-chat");
  Object.assign(button.style, {
    position: "fixed", insetInlineEnd: "20px", bottom: "20px", zIndex: "2147483000", padding: "14px 20px", border: "0",
    borderRadius: "999px", background: colour, color: "#ffffff", font: "600 16px/1.2 system-ui, sans-serif",
    boxShadow: "0 6px 24px rgb(0 0 0 / 25%)", cursor: "pointer",
  });
  frame.id = "chairside-chat";
  frame.title = open;
  frame.hidden = true;
  Object.assign(frame.style, {
    position: "fixed", insetInlineEnd: "20px", bottom: "84px", zIndex: "2147483000", width: "min(390px, calc(100vw - 24px))",
    height: "min(640px, calc(100dvh - 104px))", border: "0", borderRadius: "18px", boxShadow: "0 12px 48px rgb(0 0 0 / 30%)", background: "#ffffff",
  });

  function show(isOpen) {
    if (isOpen && !frame.src) frame.src = `${origin}/chat?language=${language}`;
    frame.hidden = !isOpen;
    button.textContent = isOpen ? close : open;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) frame.focus();
    else button.focus({ preventScroll: true });
  }

  button.addEventListener("click", () => show(frame.hidden));
  addEventListener("message", (event) => {
    if (event.origin === origin && event.source === frame.contentWindow && event.data === "chairside:close") show(false);
  });

  function add() {
    button.textContent = open;
    button.setAttribute("aria-expanded", "false");
    document.body.append(button, frame);
  }
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
})();
