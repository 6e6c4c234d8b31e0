/** Lets Dawn poll with patience, so that the cores are left to SwiftShader, which computes on them. */

/** For so long after a wait began Dawn may poll without pause: short work is over by then. */
const EAGER_MS = 0.5;

/**
 * While a promise of WebGPU's is pending, Dawn for Node looks whether it is done in callbacks that it asks
 * `setImmediate` for, one from within the other: without pause, which takes a core. From now on there is a
 * millisecond between two of them. Everybody else's callbacks come as before.
 */
export function pollPatiently(): void {
  const original = globalThis.setImmediate;
  let polling = false;
  let began = 0;
  const poll = (callback: () => void) => {
    polling = true;
    try {
      callback();
    } finally {
      polling = false;
    }
  };
  const patient = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    if (!isNative(callback)) return original(callback, ...args);
    const now = performance.now();
    if (!polling) began = now;
    return now - began < EAGER_MS ? original(poll, callback) : setTimeout(poll, 1, callback);
  };
  Object.defineProperties(patient, Object.getOwnPropertyDescriptors(original));
  globalThis.setImmediate = patient as typeof setImmediate;
}

/** Whether a function was made outside of JavaScript, as Dawn's are. */
function isNative(callback: (...args: unknown[]) => void): boolean {
  return Function.prototype.toString.call(callback).endsWith("{ [native code] }");
}
