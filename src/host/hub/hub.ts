// The hub that downloads come from, and whose token goes there: one that was set in VS Code for exactly this address,
// else the environment's, but only to the environment's own hub. A token is kept in VS Code's secret storage and nowhere
// else, and it is never logged. Without VS Code.
import { join } from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { HubPlace } from '../../shared/hubProtocol.ts';
import { cacheOf, endpointOf, environmentEndpoint, given, hubHome } from './hubPlace.ts';
import type { HubSettings } from './hubPlace.ts';

export interface HubPorts {
  readonly settings: () => HubSettings;
  /** VS Code's secret storage. */
  readonly secrets: {
    get(key: string): PromiseLike<string | undefined>;
    store(key: string, value: string): PromiseLike<void>;
    delete(key: string): PromiseLike<void>;
  };
  /** Content of a file; `undefined` if there is none. */
  readonly readText: (file: string) => Promise<string | undefined>;
}

export class Hub {
  readonly #ports: HubPorts;

  constructor(ports: HubPorts) {
    this.#ports = ports;
  }

  /** @throws MonosemError `badArgument` for a setting that is no web address */
  get endpoint(): string {
    return endpointOf(this.#ports.settings());
  }

  /** For people, e.g. `huggingface.co`. */
  get host(): string {
    return new URL(this.endpoint).host;
  }

  /** For a call of the engine, read afresh. @throws MonosemError `badArgument` */
  async place(): Promise<HubPlace> {
    const settings = this.#ports.settings();
    const endpoint = endpointOf(settings);
    const token = await this.#token(settings, endpoint);
    return {
      endpoint,
      cache: cacheOf(settings),
      ...(token !== undefined && { token }),
      ...(settings.environment['HF_HUB_OFFLINE'] === '1' && { offline: true }),
    };
  }

  /** Whether a token for the present hub is kept here. */
  async hasToken(): Promise<boolean> {
    return (await this.#ports.secrets.get(secretOf(this.endpoint))) !== undefined;
  }

  /**
   * Keeps a token for the present hub; an empty one removes it.
   * @throws MonosemError `badArgument` for what cannot be a token; it is not repeated
   */
  async setToken(text: string): Promise<void> {
    const { secrets } = this.#ports;
    const token = given(text);
    if (token === undefined) {
      await secrets.delete(secretOf(this.endpoint));
      return;
    }
    const problem = tokenProblem(token);
    if (problem !== undefined) throw new MonosemError('badArgument', problem);
    await secrets.store(secretOf(this.endpoint), token);
  }

  async #token({ environment }: HubSettings, endpoint: string): Promise<string | undefined> {
    const stored = given(await this.#ports.secrets.get(secretOf(endpoint)));
    if (stored !== undefined) return stored;
    if (originOf(endpoint) !== originOf(environmentEndpoint(environment))) return undefined;
    const saved = join(hubHome(environment), 'token');
    return given(environment['HF_TOKEN']) ?? given(await this.#ports.readText(saved));
  }
}

/** What is wrong with a token, as a sentence; `undefined` if it may be one. */
export function tokenProblem(text: string): string | undefined {
  return /^[\x21-\x7e]*$/.test(text.trim())
    ? undefined
    : t(
        'A token has letters, digits and underscores, no spaces: copy it once more from the hub’s page of access tokens.',
      );
}

function secretOf(endpoint: string): string {
  return `hubToken ${originOf(endpoint)}`;
}

function originOf(endpoint: string): string {
  return new URL(endpoint).origin;
}
