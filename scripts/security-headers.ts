/** The page's security policy, stated once: for the page itself, for all servers of it, and for docs/hosting.md. */
import type { Plugin } from "vite";

/** Scripts, workers, data: all come from the page's own folder, and nothing is sent anywhere. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html badnets-lab",
].join("; ");

/** What is to be sent with every file: a worker is held by the policy that came with its own script. */
export const securityHeaders: Readonly<Record<string, string>> = {
  // Who may frame the page cannot be said within it.
  "Content-Security-Policy": `${policy}; frame-ancestors 'none'`,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Puts the policy into the page, for hosts that send no headers: there it holds for the page, not for its workers. */
export function policyPlugin(): Plugin {
  return {
    name: "security-policy",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy },
        injectTo: "head-prepend",
      },
    ],
  };
}
