/** The page's one Trusted Types policy: scripts come from the app's own folder and from nowhere else. */

/** What browsers with Trusted Types offer; others have nothing of the kind. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL: (url: string) => unknown };
}

/** The URL of the folder that the page lies in, with a slash at its end. */
export function appFolder(): URL {
  return new URL("./", document.baseURI);
}

/** @throws TypeError if `url` leads out of the app's folder */
function ownScript(url: string): string {
  const { href, origin, pathname } = new URL(url, document.baseURI);
  const folder = appFolder();
  if (origin !== folder.origin || !pathname.startsWith(folder.pathname)) {
    throw new TypeError(`${href} is no script of this app, which lies in ${folder.href}`);
  }
  return href;
}

const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  "badnets-lab",
  { createScriptURL: ownScript },
) ?? { createScriptURL: ownScript };

/**
 * A script's URL in the form that `new Worker` and `serviceWorker.register` take.
 * @throws TypeError if it leads out of the app's folder
 */
export function trustedScript(url: string): URL {
  // The platform takes the policy's object wherever its types ask for a URL.
  return policy.createScriptURL(url) as URL;
}
