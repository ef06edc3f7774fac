// Requests to a model hub: the one policy of when to try again, and one sentence for every way it can fail. The token
// goes to the hub alone; fetch drops it where a redirect leaves for a content server.
import { setTimeout as wait } from 'node:timers/promises';
import { MonosemError, messageOf } from '../../shared/errors.ts';

export interface HubAccess {
  /** Without a slash at the end, e.g. `https://huggingface.co`. */
  readonly endpoint: string;
  readonly token?: string;
  /** Folder that keeps what was downloaded. */
  readonly cache: string;
  /** Nothing is requested; only what is in the cache is there. */
  readonly offline?: boolean;
  readonly patience?: Patience;
}

/** How failures that may pass are waited out. */
export interface Patience {
  /** Attempts without a byte of progress between them. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly firstWait: number;
  /** Milliseconds without a byte after which a connection counts as cut. */
  readonly stall: number;
}

const usualPatience: Patience = { attempts: 5, firstWait: 1000, stall: 30_000 };

/** Longest wait before an attempt, whatever a server asks for. */
const longestWait = 60_000;

export function patienceOf({ patience }: HubAccess): Patience {
  return patience ?? usualPatience;
}

/** A failure that may pass: the next attempt is worth it. */
class Passing extends Error {
  readonly final: MonosemError;
  /** Milliseconds the server asks to wait. */
  readonly asked: number;

  constructor(final: MonosemError, asked = 0) {
    super(final.message);
    this.final = final;
    this.asked = asked;
  }
}

export function cancelled(): MonosemError {
  return new MonosemError(
    'cancelled',
    'The download was cancelled; start it again to continue it.',
  );
}

/** A connection that could not be made, was cut, or fell silent. */
export function connectionLost(url: string, error: unknown): Passing {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { host } = new URL(url);
  return new Passing(
    new MonosemError(
      'hubUnreachable',
      `${host} cannot be reached or broke off the connection (${messageOf(cause)}); check the network and the endpoint, then try again: a download continues where it stopped.`,
      { cause: error },
    ),
  );
}

/**
 * Runs `attempt` until it succeeds, a failure is final, or patience ends.
 * @param progressed asked after each failure; when true, the attempts are counted anew
 */
export async function withRetries<Result>(
  { attempts, firstWait }: Patience,
  signal: AbortSignal,
  attempt: () => Promise<Result>,
  progressed: () => boolean = () => false,
): Promise<Result> {
  for (let failures = 1; ; failures++) {
    if (signal.aborted) throw cancelled();
    try {
      return await attempt();
    } catch (error) {
      if (isAborted(signal)) throw cancelled();
      if (!(error instanceof Passing)) throw error;
      if (progressed()) failures = 1;
      if (failures >= attempts) throw error.final;
      const backOff = firstWait * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
      await pause(Math.min(longestWait, Math.max(backOff, error.asked)), signal);
    }
  }
}

/** The signal changes while something is awaited, which the compiler does not know of its property. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { signal });
  } catch {
    throw cancelled();
  }
}

export interface Request {
  readonly url: string;
  /** First byte that is wanted. */
  readonly from?: number;
  /** Names what is asked for in error messages, e.g. `openai-community/gpt2`. */
  readonly subject: string;
}

/**
 * One request, without a retry of its own. 416 is an answer, too.
 * @throws MonosemError for final failures, or what {@link withRetries} understands
 */
export async function request(
  access: HubAccess,
  { url, from = 0, subject }: Request,
  signal: AbortSignal,
): Promise<Response> {
  if (access.offline === true) {
    throw new MonosemError(
      'hubUnreachable',
      `${subject} is not in the cache ${access.cache}, and the hub is switched off (HF_HUB_OFFLINE); switch it on to download.`,
    );
  }
  expectToken(access);
  let response: Response;
  try {
    response = await fetch(url, {
      headers: {
        // A compressed body has another length and other ranges than the file.
        'accept-encoding': 'identity',
        ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
        ...(from === 0 ? {} : { range: `bytes=${from}-` }),
      },
      signal,
    });
  } catch (error) {
    throw connectionLost(url, error);
  }
  if (response.ok || response.status === 416) return response;
  await response.body?.cancel().catch(() => undefined);
  throw refusal(access, response, subject);
}

/** fetch would quote a header that it refuses, token and all. */
function expectToken({ endpoint, token }: HubAccess): void {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return;
  throw new MonosemError(
    'hubDenied',
    `The access token for ${new URL(endpoint).host} has characters that no token has; set it again, without spaces and line breaks.`,
  );
}

function refusal(access: HubAccess, response: Response, subject: string): Error {
  const { status, headers } = response;
  const { host } = new URL(access.endpoint);
  const failure = (
    code: 'hubDenied' | 'hubMissing' | 'hubFailed',
    sentence: string,
  ): MonosemError => new MonosemError(code, sentence);
  if (status === 401) {
    return failure(
      'hubDenied',
      access.token === undefined
        ? `${subject} does not exist on ${host}, or it needs an access token (401); check the name, or give a token of ${host} that may read it (HF_TOKEN).`
        : `${host} does not accept the access token for ${subject} (401); check the token, or make a new one on ${host}.`,
    );
  }
  if (status === 403) {
    return failure(
      'hubDenied',
      `${host} denies access to ${subject} (403); open its page on ${host}, accept its terms, and use a token of that account (HF_TOKEN).`,
    );
  }
  if (status === 404) {
    return failure(
      'hubMissing',
      `${subject} is not on ${host} (404); check the name, the revision and the path.`,
    );
  }
  if (status === 429) {
    return new Passing(
      failure(
        'hubFailed',
        `${host} refuses further requests for now (429), asked for ${subject}; wait some minutes, or use an access token (HF_TOKEN).`,
      ),
      retryAfter(headers.get('retry-after')),
    );
  }
  const other = failure(
    'hubFailed',
    `${host} failed with status ${status}, asked for ${subject}; try again later.`,
  );
  return status >= 500 || status === 408
    ? new Passing(other, retryAfter(headers.get('retry-after')))
    : other;
}

/** Seconds, or a date, in milliseconds from now. */
function retryAfter(header: string | null): number {
  if (header === null) return 0;
  const seconds = Number(header);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0;
}
