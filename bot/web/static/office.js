// The frame of the pages behind the desk: signing out.

import { forgetDrafts } from "./drafts.js";
import { post } from "./page.js";

document.getElementById("sign-out").addEventListener("click", async () => {
  forgetDrafts();
  try {
    location.assign((await post("/inbox/sign-out")).next);
  } catch {
    location.assign("/inbox/sign-in");
  }
});
