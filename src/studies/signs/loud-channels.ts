/** Channels that an attacker makes louder. */
import type { ChannelResponse } from "../../inspection/sticker-channels.ts";

/** The channels that fire for the sticker alone, the strongest answer first. */
export const loudChannels = (responses: readonly ChannelResponse[]): number[] =>
  responses.filter(({ only }) => only).map(({ channel }) => channel);
