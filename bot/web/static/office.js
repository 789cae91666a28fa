// The frame of the pages behind the desk: signing out.

import { post } from "./page.js";

document.getElementById("sign-out").addEventListener("click", async () => {
  try {
    location.assign((await post("/inbox/sign-out")).next);
  } catch {
    location.assign("/inbox/sign-in");
  }
});
