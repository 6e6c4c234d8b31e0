/** What survives the reload of a tab: the request to go on with a study's last checkpoint without being asked. */
import type { StudyId } from "../../studies/table.ts";

const KEY = "badnets-lab-resume";

/** Reloads the page, which then goes on with the study's last checkpoint. */
export function reloadAndResume(study: StudyId): void {
  try {
    sessionStorage.setItem(KEY, study);
  } catch {
    // Without storage the page asks after the reload.
  }
  location.reload();
}

/** Whether this load was made to go on with the study's last checkpoint; true once. */
export function takeResumeRequest(study: StudyId): boolean {
  try {
    if (sessionStorage.getItem(KEY) !== study) return false;
    sessionStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}
