/** What survives the reload of a tab: the wish to go on with the kept run without being asked. */

const KEY = "badnets-lab-resume";

/** Reloads the page, which then goes on with the kept run. */
export function reloadAndResume(): void {
  try {
    sessionStorage.setItem(KEY, "yes");
  } catch {
    // Without storage the page asks after the reload.
  }
  location.reload();
}

/** Whether this load was made to go on with the kept run; true once. */
export function takeResumeWish(): boolean {
  try {
    const wished = sessionStorage.getItem(KEY) !== null;
    sessionStorage.removeItem(KEY);
    return wished;
  } catch {
    return false;
  }
}
